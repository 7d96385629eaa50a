// SPDX-License-Identifier: Apache-2.0

/// The floors: which module may import which. The same table stands in Package.swift.
enum Floors {
    static let table: [String: Set<String>] = [
        "Core": [],
        "Crypto": ["Core", "COpenSSL"],
        "Cluster": ["Core"],
        "JSON": ["Core"],
        "HTTP": ["Core"],
        "Upstreams": ["Core"],
        "Metering": ["Core", "CResources"],
        "Reactor": ["Core", "CLinux", "COpenSSL"],
        "Dialects": ["Core", "JSON", "HTTP"],
        "Telemetry": ["Core", "JSON", "Reactor"],
        "Gateway": [
            "Core", "Crypto", "JSON", "HTTP", "Upstreams", "Metering", "Reactor", "Dialects",
            "Telemetry",
        ],
        "Config": [
            "Core", "Crypto", "Upstreams", "Metering", "Dialects", "Reactor", "Gateway", "CYAML",
        ],
        "Admin": [
            "Core", "Crypto", "JSON", "HTTP", "Upstreams", "Reactor", "Telemetry", "Gateway",
        ],
        "Node": [
            "Core", "Crypto", "Cluster", "JSON", "HTTP", "Upstreams", "Reactor", "Dialects",
            "Telemetry", "Gateway", "Config", "Admin",
        ],
        "Simulation": ["Core", "Cluster", "JSON", "HTTP", "Reactor", "Dialects", "CLinux"],
        "apus": [
            "Core", "Crypto", "JSON", "Upstreams", "Reactor", "Telemetry", "Gateway", "Config",
            "Node", "Simulation",
        ],
    ]

    /// Floors are numbered from below; imports go strictly down.
    static let floor: [String: Int] = [
        "CLinux": 0, "COpenSSL": 0, "CYAML": 0, "CResources": 0, "Core": 1,
        "Crypto": 2, "Cluster": 2, "JSON": 2, "HTTP": 2, "Upstreams": 2, "Reactor": 2,
        "Metering": 2,
        "Dialects": 3, "Telemetry": 3, "Gateway": 4, "Config": 5, "Admin": 5, "Node": 6,
        "Simulation": 6, "apus": 7,
    ]

    /// Modules of the toolchain that anybody may import.
    static let open: Set = ["Synchronization", "Distributed"]
    /// Modules that may call the kernel by themselves; the rest goes through Reactor.
    static let kernel: Set = ["Reactor", "Telemetry", "Config", "Node", "apus"]
}

extension Rule {
    static let imports = Rule(name: "imports go down the floors") { source in
        guard source.isSource, let allowed = Floors.table[source.module] else { return [] }
        return source.imports.compactMap { line, name in
            if allowed.contains(name) || Floors.open.contains(name) { return nil }
            if name == "Glibc", Floors.kernel.contains(source.module) { return nil }
            let replacement =
                name.hasPrefix("Foundation") ? "; use Core" : "; see the floors in Package.swift"
            return source.finding(line, "\(source.module) may not import \(name)" + replacement)
        }
    }
}

extension SourceText {
    /// The imported modules and their lines.
    var imports: [(line: Int, name: String)] {
        tokens.indices.compactMap { index in
            guard tokens[index].text == "import", index + 1 < tokens.count else { return nil }
            let kinds: Set = ["struct", "class", "enum", "func", "protocol", "var", "let"]
            let isOfOne = kinds.contains(tokens[index + 1].text) && index + 2 < tokens.count
            return (tokens[index].line, tokens[index + (isOfOne ? 2 : 1)].text)
        }
    }
}
