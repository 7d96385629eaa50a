// SPDX-License-Identifier: Apache-2.0
#include "CResources.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t cl100k_base[] = {
#embed "cl100k_base.bpe"
};

static const uint8_t o200k_base[] = {
#embed "o200k_base.bpe"
};

static const uint8_t scalar_classes[] = {
#embed "scalars.classes"
};

static const uint8_t prices[] = {
#embed "prices.tsv"
};

struct apus_resource apus_cl100k_base(void) {
    return (struct apus_resource){cl100k_base, sizeof cl100k_base};
}

struct apus_resource apus_o200k_base(void) {
    return (struct apus_resource){o200k_base, sizeof o200k_base};
}

struct apus_resource apus_scalar_classes(void) {
    return (struct apus_resource){scalar_classes, sizeof scalar_classes};
}

struct apus_resource apus_prices(void) {
    return (struct apus_resource){prices, sizeof prices};
}
