// SPDX-License-Identifier: Apache-2.0
import Core
import Dialects
import Foundation

/// Writes what the matrix made to the folder that `APUS_GOLDEN_OUTPUT` names, for validators.
///
/// A file is `<format>/<kind>/<id>.<origin>.json` or `.sse`.
enum GoldenOutput {
    private static let folder = ProcessInfo.processInfo.environment["APUS_GOLDEN_OUTPUT"]

    static func write(
        _ bytes: Bytes, of exchange: GoldenExchange, as format: WireFormat, kind: String
    ) {
        guard let folder else { return }
        let place = "\(folder)/\(format.label)/\(kind)"
        let name = "\(exchange.id).\(exchange.format.label).\(kind == "stream" ? "sse" : "json")"
        try? FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true)
        let data = unsafe bytes.withUnsafeBytes { unsafe Data($0) }
        _ = FileManager.default.createFile(atPath: "\(place)/\(name)", contents: data)
    }
}
