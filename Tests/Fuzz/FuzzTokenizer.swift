// SPDX-License-Identifier: Apache-2.0
import Core
import Metering

/// The tokens of any bytes put together are those bytes, and there are as many as were counted.
enum FuzzTokenizer {
    static func check(_ text: Bytes) {
        for tokenizer in [Tokenizer.cl100k, Tokenizer.o200k] {
            let ids = tokenizer.encode(text.span)
            demandEqual(tokenizer.decode(ids), text, "decoded")
            demandEqual(tokenizer.count(text.span), ids.count, "count")
        }
    }
}
