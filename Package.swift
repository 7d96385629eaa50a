// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The language everybody writes: strict concurrency, explicit `any`, imports that do not leak.
let common: [SwiftSetting] = [
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
    // Accesses never overlap in ways the tests (which check) do not reach; 0.6 us a request.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// Modules that touch raw memory spell each unsafe use as `unsafe`.
let strict: [SwiftSetting] = common + [.strictMemorySafety()]

func library(
    _ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = common,
    resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, exclude: exclude, swiftSettings: common)
}

let package = Package(
    name: "apus",
    products: [.executable(name: "apus", targets: ["apus"])],
    targets: [
        // Floor 0: C
        .target(name: "CLinux"),
        .target(
            name: "CResources",
            exclude: ["cl100k_base.bpe", "o200k_base.bpe", "scalars.classes", "prices.tsv"]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        // Floor 1
        library("Core", [], strict),
        // Floor 2
        library("Crypto", ["Core", "COpenSSL"], strict),
        library("Cluster", ["Core"], strict),
        library("JSON", ["Core"], strict),
        library("HTTP", ["Core"], strict),
        library("Upstreams", ["Core"]),
        library("Metering", ["Core", "CResources"], strict),
        library("Reactor", ["Core", "CLinux", "COpenSSL"], strict),
        // Floor 3
        library("Dialects", ["Core", "JSON", "HTTP"]),
        library("Telemetry", ["Core", "JSON", "Reactor"]),
        // Floor 4
        library(
            "Gateway",
            [
                "Core", "Crypto", "JSON", "HTTP", "Upstreams", "Metering", "Reactor", "Dialects",
                "Telemetry",
            ]),
        // Floor 5
        library(
            "Config",
            [
                "Core", "Crypto", "JSON", "Upstreams", "Metering", "Dialects", "Reactor",
                "Gateway", "CYAML",
            ]),
        library(
            "Admin",
            ["Core", "Crypto", "JSON", "HTTP", "Upstreams", "Reactor", "Telemetry", "Gateway"]),
        // Floor 6
        library(
            "Node",
            [
                "Core", "Crypto", "Cluster", "JSON", "HTTP", "Upstreams", "Reactor", "Dialects",
                "Telemetry", "Gateway", "Config", "Admin",
            ]),
        // Side tower
        library(
            "Simulation", ["Core", "Cluster", "JSON", "HTTP", "Reactor", "Dialects", "CLinux"]),
        // Floor 7
        .executableTarget(
            name: "apus",
            dependencies: [
                "Core", "Crypto", "JSON", "Upstreams", "Reactor", "Telemetry", "Gateway", "Config",
                "Node", "Simulation",
            ],
            swiftSettings: common),
        // Load
        .executableTarget(
            name: "apus-load",
            dependencies: ["Core", "JSON", "HTTP", "Reactor", "Simulation", "CLinux"],
            path: "Tests/Load", swiftSettings: common),
        .executableTarget(
            name: "apus-tokens", dependencies: ["Metering"], path: "bench/tokens",
            exclude: ["run.sh", "compare.py"], swiftSettings: common),
        .executableTarget(
            name: "apus-translate", dependencies: ["Core", "JSON", "Dialects"],
            path: "bench/translation",
            swiftSettings: common),
        // Tests
        tests("CoreTests", ["Core"]),
        tests("JSONTests", ["Core", "JSON"]),
        tests("HTTPTests", ["Core", "HTTP"]),
        tests("CryptoTests", ["Core", "Crypto"]),
        tests("UpstreamsTests", ["Core", "Upstreams"]),
        tests("MeteringTests", ["Core", "Metering"]),
        tests("ReactorTests", ["Core", "Reactor"]),
        tests("DialectsTests", ["Core", "JSON", "HTTP", "Dialects"]),
        tests("TelemetryTests", ["Core", "JSON", "Reactor", "Telemetry"]),
        tests(
            "GatewayTests",
            [
                "Core", "Crypto", "HTTP", "JSON", "Upstreams", "Metering", "Reactor", "Dialects",
                "Telemetry", "Gateway",
            ]),
        tests(
            "ConfigTests",
            ["Core", "Upstreams", "Metering", "Dialects", "Reactor", "Gateway", "Config"]),
        tests(
            "NodeTests",
            [
                "Core", "HTTP", "JSON", "Upstreams", "Reactor", "Gateway", "Config", "Admin",
                "Node", "Simulation", "apus",
            ]),
        tests(
            "SimulationTests", ["Core", "HTTP", "JSON", "Reactor", "Simulation", "apus-load"]),
        tests("ClusterTests", ["Core", "Cluster"]),
        tests("Chaos", ["Core", "Cluster", "Simulation"], exclude: ["real"]),
        tests("Tidy", []),
    ],
    swiftLanguageModes: [.v6]
)
