// SPDX-License-Identifier: Apache-2.0
import Core
import HTTP
import Reactor
import Simulation

/// What one run of the load generator does.
struct LoadOptions {
    static let help = """
        usage: apus-load --url http://HOST:PORT/PATH (--rate R | --held N) [options]

        Sends requests at fixed times whatever the answers do, and measures each from the time it
        was meant to leave, so that a slow server cannot hide its queue. Loopback only.

          --url URL             http://127.0.0.1:PORT/PATH
          --rate R              requests per second, evenly spaced
          --held N              instead: N requests always under way, each followed by the next
          --connections N       most connections at once (256; with --held N)
          --duration S          seconds of measuring (10; at most 600)
          --warm-up S           seconds before that (1)
          --timeout S           seconds until a request counts as lost (30)
          --body FILE           POST this file; without it a small chat request
          --get                 GET, without a body
          --header 'NAME: V'    adds a field; may come again
          --stream              read event streams: time to first token, time of relay
          --abort-share R       share of requests whose connection is closed early, 0 to 1
          --seed N              of the choice which ones (1)
          --json                one JSON object instead of a table
          -h, --help            this text

        With --stream and a provider whose script says {"timestamps": true}, the time that each
        event took from the provider to here is measured as well.
        Exit codes: 0 done, 1 nothing was answered, 2 wrong usage.
        """

    static let defaultBody: Bytes =
        #"{"model":"m","messages":[{"role":"user","content":"Say hello to the bench."}]}"#
    static let streamedBody: Bytes =
        #"{"model":"m","stream":true,"messages":[{"role":"user","content":"Say hello."}]}"#

    var address = SocketAddress.loopback(port: 0)
    var authority = ""
    var target = Bytes()
    var rate: Double?
    var held: Int?
    var connections = 256
    var duration: Duration = .seconds(10)
    var warmUp: Duration = .seconds(1)
    var timeout: Duration = .seconds(30)
    var body: Bytes?
    var isGet = false
    var headers: [String] = []
    var isStream = false
    var abortShare = 0.0
    var seed: UInt64 = 1
    var isJSON = false
    var wantsHelp = false

    init(_ arguments: [String]) throws {
        var reader = OptionReader(arguments)
        var hasURL = false
        while let option = try reader.next() {
            switch option {
            case "--url":
                try readURL(try reader.value())
                hasURL = true
            case "--rate": rate = try reader.double(0.1...500_000)
            case "--held": held = try reader.int(1...60_000)
            case "--connections": connections = try reader.int(1...60_000)
            case "--duration": duration = .seconds(try reader.double(0.1...600))
            case "--warm-up": warmUp = .seconds(try reader.double(0...60))
            case "--timeout": timeout = .seconds(try reader.double(0.1...600))
            case "--body": body = try TextFile.read(try reader.value())
            case "--header": headers.append(try Self.header(try reader.value()))
            case "--abort-share": abortShare = try reader.double(0...1)
            case "--seed": seed = UInt64(try reader.int(0...Int.max))
            default: try readFlag(option)
            }
        }
        if !wantsHelp { try check(hasURL: hasURL) }
    }

    private mutating func readFlag(_ option: String) throws {
        switch option {
        case "--get": isGet = true
        case "--stream": isStream = true
        case "--json": isJSON = true
        case "-h", "--help": wantsHelp = true
        default: throw UsageFault("Unknown option '\(option)'.")
        }
    }

    private mutating func check(hasURL: Bool) throws {
        guard hasURL else { throw UsageFault("--url is missing.") }
        guard (rate == nil) != (held == nil) else {
            throw UsageFault("Give either --rate or --held.")
        }
        if let held { connections = held }
    }

    private mutating func readURL(_ text: String) throws {
        guard text.hasPrefix("http://") else {
            throw UsageFault("--url needs http://HOST:PORT/PATH, not '\(text)'.")
        }
        let rest = text.dropFirst(7)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let place = HostPort(rest[..<end], defaultPort: 80) else {
            throw UsageFault("--url has no usable host: '\(text)'.")
        }
        let found = place.host == "localhost" ? .loopback(port: place.port) : place.address
        guard let found, found.isLoopback else {
            throw UsageFault("'\(place.host)' is not a loopback address; load stays at home.")
        }
        address = found
        authority = place.description
        target = Bytes(end == rest.endIndex ? "/" : rest[end...])
    }

    private static func header(_ text: String) throws -> String {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, isToken(Bytes(parts[0]).span),
            isSafeFieldValue(Bytes(parts[1]).span)
        else { throw UsageFault("--header needs 'NAME: VALUE', not '\(text)'.") }
        return text
    }

    /// The bytes of the one request that is sent again and again.
    func request() -> Bytes {
        let body = isGet ? Bytes() : self.body ?? (isStream ? Self.streamedBody : Self.defaultBody)
        var writer = ByteWriter(capacity: 512 + body.count)
        writer.appendRequestLine(isGet ? .get : .post, target: target.span)
        writer.appendField("host", Bytes(authority))
        if !isGet {
            writer.appendField("content-type", "application/json" as StaticString)
            writer.appendField("content-length", body.count)
        }
        for header in headers {
            writer.append(header)
            writer.append("\r\n")
        }
        writer.appendHeadEnd()
        writer.append(body)
        return writer.finish()
    }
}
