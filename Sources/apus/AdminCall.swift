// SPDX-License-Identifier: Apache-2.0
import Config
import Core
import Node
import Reactor
import Simulation

/// What the operator's commands have in common: which node to ask, and with which key.
struct AdminCall {
    static let options = ["--admin", "--key-file"]
    static let help = """
          --admin HOST:PORT    the node to ask (127.0.0.1:8081)
          --key-file FILE      holds the admin key; without it APUS_ADMIN_KEY does
        """

    private let address: SocketAddress
    private let key: Secret

    init(_ arguments: Arguments) throws {
        let text = arguments["--admin"] ?? "127.0.0.1:8081"
        guard let address = SocketAddress(text) else {
            throw UsageFault("--admin needs an address such as 127.0.0.1:8081, not '\(text)'.")
        }
        self.address = address
        key = try Self.key(arguments["--key-file"])
    }

    private static func key(_ path: String?) throws -> Secret {
        let surroundings = Surroundings.ofProcess()
        guard let path else {
            guard let text = surroundings.variable("APUS_ADMIN_KEY"), !text.isEmpty else {
                throw NodeFault(
                    "the admin key is missing; set APUS_ADMIN_KEY, or name a file by --key-file")
            }
            return try checked(text)
        }
        switch surroundings.readFile(path, 4096) {
        case .success(let bytes): return try checked(bytes.string)
        case .failure(let fault): throw NodeFault("\(path) cannot be read: \(fault.reason)")
        }
    }

    /// Only what can stand in a header.
    private static func checked(_ text: String) throws -> Secret {
        let line = text.split(whereSeparator: \.isNewline).first ?? ""
        guard !line.isEmpty, line.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw NodeFault("the admin key given is none: visible ASCII without blanks is wanted")
        }
        return Secret(Bytes(line))
    }

    func get(_ path: String) throws -> JSONTree { try call(false, path) }

    func post(_ path: String) throws -> JSONTree { try call(true, path) }

    private func call(_ isPost: Bool, _ path: String) throws -> JSONTree {
        let answer = try AdminClient.call(isPost, path, at: address, key: key)
        guard let tree = try? JSONTree(answer.body) else {
            throw NodeFault("\(address) answers with something else than JSON")
        }
        guard (200..<300).contains(answer.status) else {
            let message = tree["error"]?["message"]?.string?.string
            throw NodeFault(message ?? "\(address) answers with status \(answer.status)")
        }
        return tree
    }
}
