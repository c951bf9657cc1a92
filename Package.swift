// swift-tools-version: 6.2
// Folder = target. The arrows between our targets are drawn in ARCHITECTURE.md and held by TidyTests.

import PackageDescription

/// Settings of every Swift target of ours: Swift 6 mode is the tools version's default.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]
/// What answers a question, without the server around it.
let tiers: [Target.Dependency] = [
    "Knowledge", "Sealing", "Backup", "Routing", "Embedding", "HotTier", "WarmTier", "ColdTier", "Pipeline",
]
/// What tests look into the tiers with.
let libraries: [Target.Dependency] = [
    .product(name: "Crypto", package: "swift-crypto"),
    .product(name: "GRDB", package: "GRDB.swift"),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "thermocline",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "thermocline", targets: ["thermocline"]),
        .library(name: "ThermoclineClient", targets: ["ThermoclineClient"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.45.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.0"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV.git", from: "0.10.0"),
    ],
    targets: [
        // C: third-party headers and kernels only.
        .systemLibrary(name: "CHiredis"),
        .systemLibrary(name: "CLZ4"),
        .systemLibrary(name: "CZlib"),
        .target(name: "CScan", cSettings: strictC),
        .target(name: "COpenVINO", cSettings: strictC),
        /// What browsers get, built in by `#embed`.
        .target(name: "CAssets", exclude: ["files"], cSettings: strictC),

        .target(name: "Knowledge", swiftSettings: strict),
        .target(
            name: "Sealing", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: strict),
        .target(name: "Routing", dependencies: ["Knowledge"], swiftSettings: strict),
        .target(
            name: "Embedding",
            dependencies: [
                "Knowledge", "COpenVINO",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .target(name: "HotTier", dependencies: ["Knowledge", "CScan"], swiftSettings: strict),
        .target(
            name: "WarmTier",
            dependencies: [
                "Knowledge", "Sealing", "CHiredis",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "ColdTier",
            dependencies: [
                "Knowledge", "Sealing", "CScan", "CLZ4",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Pipeline",
            dependencies: [
                "Knowledge", "Sealing", "Routing", "Embedding", "HotTier", "WarmTier", "ColdTier",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Access",
            dependencies: [
                "Knowledge",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            swiftSettings: strict),
        .target(
            name: "Backup",
            dependencies: ["Knowledge", "Sealing", "ColdTier", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "Server",
            dependencies: [
                "Knowledge", "Access", "Sealing", "Backup", "Pipeline", "Routing", "Embedding", "HotTier", "WarmTier",
                "ColdTier", "CAssets", "CZlib",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Import",
            dependencies: ["Knowledge", .product(name: "SwiftCSV", package: "SwiftCSV")],
            swiftSettings: strict),
        // For other people's programs too, so it needs nothing of ours.
        .target(
            name: "ThermoclineClient",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "thermocline",
            dependencies: [
                "Server", "Backup", "Import", "Access", "Knowledge", "ThermoclineClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Measurements that scripts/bench runs.
        .executableTarget(
            name: "EvictionReplay", dependencies: ["Knowledge", "HotTier", "Routing"],
            path: "Benchmarks/EvictionReplay", swiftSettings: strict),
        .executableTarget(
            name: "MemoryBound", dependencies: ["Knowledge", "HotTier", "Routing", "Embedding", "Pipeline"],
            path: "Benchmarks/MemoryBound", swiftSettings: strict),
        .executableTarget(
            name: "TextBench",
            dependencies: ["ColdTier", "Knowledge", "Sealing", .product(name: "Logging", package: "swift-log")],
            path: "Benchmarks/TextBench", swiftSettings: strict),
        .executableTarget(
            name: "ColdBench",
            dependencies: ["ColdTier", "Knowledge", .product(name: "Logging", package: "swift-log")],
            path: "Benchmarks/ColdBench", swiftSettings: strict),

        // Tests: a target for each kind of doubt. Real parts, so each needs what scripts/setup puts in place.
        .target(
            name: "TestSupport",
            dependencies: tiers + ["Access", "Server"] + libraries + [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: strict),
        /// The child that crash tests kill while it writes.
        .executableTarget(
            name: "ColdWriterProbe", dependencies: ["ColdTier", "Knowledge", "Sealing", "TestSupport"],
            swiftSettings: strict),
        /// The child that crash tests kill while it writes snapshots.
        .executableTarget(
            name: "SnapshotProbe", dependencies: ["Pipeline", "Knowledge", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "UnitTests",
            dependencies: tiers + [
                "Access", "Server", "Import", "CScan", "ThermoclineClient", "TestSupport",
            ] + libraries,
            exclude: ["Embedding/Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "PropertyTests", dependencies: tiers + ["Access", "CScan", "Server", "TestSupport"] + libraries,
            swiftSettings: strict),
        .testTarget(
            name: "ContractTests",
            dependencies: ["Knowledge", "Access", "Embedding", "Server", "TestSupport"] + libraries,
            swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: tiers + ["Access", "Server", "Import", "ThermoclineClient", "TestSupport", "thermocline"]
                + libraries,
            exclude: ["Embedding/Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "CrashTests", dependencies: tiers + ["ColdWriterProbe", "SnapshotProbe", "TestSupport"] + libraries,
            swiftSettings: strict),
    ]
)
