// SPDX-License-Identifier: Apache-2.0
// Tables that the binary carries; scripts/tables makes them and says how they are laid out.
#ifndef APUS_CRESOURCES_H
#define APUS_CRESOURCES_H

#include <stddef.h>
#include <stdint.h>

/// Constant bytes for the life of the process.
struct apus_resource {
    const uint8_t *start;
    size_t count;
};

/// The byte pairs of OpenAI's encoding cl100k_base.
struct apus_resource apus_cl100k_base(void);

/// The byte pairs of OpenAI's encoding o200k_base.
struct apus_resource apus_o200k_base(void);

/// The classes of Unicode scalars.
struct apus_resource apus_scalar_classes(void);

/// The price table as text.
struct apus_resource apus_prices(void);

#endif
