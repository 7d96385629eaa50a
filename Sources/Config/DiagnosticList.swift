// SPDX-License-Identifier: Apache-2.0

/// Collects findings about one file, so that a user sees all of them at once.
struct DiagnosticList {
    /// More findings than a person reads; the rest is only counted.
    static let maximumShown = 100

    /// Findings kept for sorting.
    private static let maximumKept = 1000

    let file: String
    private var items: [Diagnostic] = []
    private(set) var errorCount = 0
    private var warningCount = 0

    init(file: String) { self.file = file }

    var hasErrors: Bool { errorCount > 0 }

    /// More would not be shown; what costs time for a better message may be left out.
    var isFull: Bool { items.count >= Self.maximumShown }

    mutating func fault(_ position: SourcePosition?, _ message: String) {
        errorCount += 1
        add(Diagnostic(.error, file: file, position: position, message: message))
    }

    mutating func warning(_ position: SourcePosition?, _ message: String) {
        warningCount += 1
        add(Diagnostic(.warning, file: file, position: position, message: message))
    }

    private mutating func add(_ item: Diagnostic) {
        if items.count < Self.maximumKept { items.append(item) }
    }

    /// In the order of the text; errors go before warnings when the list must be cut.
    var sorted: [Diagnostic] {
        guard items.count > Self.maximumShown else { return Self.inOrder(items) }
        let errors = Self.inOrder(items.filter { $0.severity == .error })
        let warnings = Self.inOrder(items.filter { $0.severity == .warning })
        var shown = Self.inOrder(Array((errors + warnings).prefix(Self.maximumShown)))
        let rest = errorCount + warningCount - shown.count
        let last = shown.last?.position
        shown.append(
            Diagnostic(.warning, file: file, position: last, message: "and \(rest) more findings"))
        return shown
    }

    private static func inOrder(_ items: [Diagnostic]) -> [Diagnostic] {
        let start = SourcePosition(line: 0, column: 0)
        // The offset keeps findings at one place in the order in which they were made.
        return items.enumerated()
            .sorted { ($0.1.position ?? start, $0.0) < ($1.1.position ?? start, $1.0) }
            .map(\.1)
    }
}
