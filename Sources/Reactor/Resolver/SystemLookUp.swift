// SPDX-License-Identifier: Apache-2.0
internal import CLinux

/// The operating system's name look-up: hosts file, name servers, whatever it is set up for.
enum SystemLookUp {
    /// Blocks until the system answers; addresses have port 0 and the order of RFC 6724.
    static func addresses(of name: String) -> ResolverMachine.Answer {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &list)
        guard code == 0 else { return .failure(fault(code)) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let form = unsafe entry.pointee.ai_addr,
                let address = unsafe SocketAddress(pointer: UnsafeRawPointer(form)),
                !addresses.contains(address)
            {
                addresses.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? .failure(.notFound) : .success(addresses)
    }

    /// Names that do not exist and names without addresses are one to us; all else may pass.
    private static func fault(_ code: Int32) -> ResolverFault {
        let noData: Int32 = -5  // EAI_NODATA, which the headers hide from strict C.
        return code == EAI_NONAME || code == noData ? .notFound : .unavailable
    }
}
