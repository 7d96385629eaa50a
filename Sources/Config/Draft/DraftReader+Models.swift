// SPDX-License-Identifier: Apache-2.0
import Dialects
import Upstreams

extension DraftReader {
    mutating func readModels(_ node: YAMLNode?, into draft: inout Draft) {
        guard let node else { return }
        draft.models = []
        let example = "[{ name: fast, targets: [{ provider: openai }] }]"
        guard let nodes = list(node, "models", example: example) else { return }
        if nodes.isEmpty {
            diagnostics.fault(
                node.position,
                "'models' is empty, so nothing could be asked; add a model, or remove 'models'"
                    + " to serve every provider's own names")
        }
        var models: [ModelDraft] = []
        for node in nodes { models.append(model(node)) }
        draft.models = models
    }

    private mutating func model(_ node: YAMLNode) -> ModelDraft {
        var draft = ModelDraft(position: node.position)
        guard let fields = fields(node, of: .model) else { return draft }
        draft.name = name(required("name", in: fields, example: "fast"), "name", .model)
        if let strategy = choice(fields["strategy"], "strategy", as: Strategy.self) {
            draft.strategy = strategy.value
        }
        let example = "[{ provider: openai, model: gpt-4o }]"
        let written = required("targets", in: fields, example: example)
        let targets = list(written, "targets", example: example)
        if let targets, targets.isEmpty {
            diagnostics.fault(
                fields["targets"]?.position, "'targets' is empty; write \(example)")
        }
        for target in targets ?? [] { draft.targets.append(self.target(target)) }
        draft.fallback =
            names(fields["fallback"], "fallback", .model, example: "[small]") ?? []
        if let policy = choice(
            fields["unknown_fields"], "unknown_fields", as: FieldPolicy.self)
        {
            draft.unknownFields = policy.value
        }
        return draft
    }

    private mutating func target(_ node: YAMLNode) -> TargetDraft {
        var draft = TargetDraft(position: node.position)
        guard let fields = fields(node, of: .target) else { return draft }
        draft.provider = name(
            required("provider", in: fields, example: "openai"), "provider", .identifier)
        draft.model = name(fields["model"], "model", .model)
        set(&draft.weight, integer(fields["weight"], "weight", in: 0...1_000_000))
        set(&draft.priority, integer(fields["priority"], "priority", in: 0...1000))
        return draft
    }
}
