// SPDX-License-Identifier: Apache-2.0
import Upstreams

extension DraftChecker {
    mutating func checkModels() {
        guard let models = draft.models else { return }
        reportRepeated(models.map(\.name), "model")
        for model in models {
            checkTargets(of: model)
            checkFallback(of: model)
        }
        if !models.isEmpty { warnAboutUnusedProviders(models) }
    }

    private mutating func checkTargets(of model: ModelDraft) {
        let maximum = AttemptPlan.maximumTargets
        if model.targets.count > maximum {
            diagnostics.fault(
                model.targets[maximum].position,
                "a model can have \(maximum) targets; move the rest into a 'fallback' model")
        }
        if model.strategy == .weighted, !model.targets.isEmpty,
            model.targets.allSatisfy({ $0.weight == 0 })
        {
            diagnostics.fault(
                model.targets[0].position,
                "every weight of this model is 0; write a weight of 1 or more somewhere")
        }
        var seen: Set<[String]> = []
        for target in model.targets {
            checkProvider(of: target)
            checkModelName(of: target, in: model)
            guard let provider = target.provider else { continue }
            if !seen.insert([provider.value, target.model?.value ?? ""]).inserted {
                diagnostics.warning(
                    target.position,
                    "this target is written twice in one model; raise 'weight' instead")
            }
        }
    }

    private mutating func checkProvider(of target: TargetDraft) {
        // A provider whose name could not be read may be the one meant.
        guard let provider = target.provider, !providerSet.contains(provider.value),
            providerNames.count == draft.providers.count
        else { return }
        diagnostics.fault(
            provider.position,
            "no provider is called \(quoted(provider.value))"
                + hint(provider.value, among: providerNames, list: "providers"))
    }

    private mutating func checkModelName(of target: TargetDraft, in model: ModelDraft) {
        guard let asked = target.model, asked.value.hasSuffix("*") else { return }
        if asked.value != "*" {
            diagnostics.fault(
                asked.position,
                "\(quoted(asked.value)) mixes a name and '*'; write one model's name, or '*'"
                    + " alone for what the model's own '*' stands for")
        } else if let name = model.name, !name.value.hasSuffix("*") {
            diagnostics.fault(
                asked.position,
                "'*' stands for the rest of a name that ends with '*', and"
                    + " \(quoted(name.value)) does not; write a model's name")
        }
    }

    private mutating func checkFallback(of model: ModelDraft) {
        for name in model.fallback {
            guard let index = modelIndices[name.value], let other = draft.models?[index] else {
                guard modelNames.count == draft.models?.count else { continue }
                diagnostics.fault(
                    name.position,
                    "no model is called \(quoted(name.value))"
                        + hint(name.value, among: modelNames, list: "models"))
                continue
            }
            let passesNameOn = other.targets.contains {
                $0.model == nil || $0.model?.value.hasSuffix("*") == true
            }
            if name.value.hasSuffix("*"), passesNameOn {
                diagnostics.fault(
                    name.position,
                    "\(quoted(name.value)) passes the caller's own model name on, which its"
                        + " provider does not know; write 'model' into each of its targets")
            }
        }
    }

    private mutating func warnAboutUnusedProviders(_ models: [ModelDraft]) {
        let used = Set(models.flatMap(\.targets).compactMap { $0.provider?.value })
        for case let name? in draft.providers.map(\.name) where !used.contains(name.value) {
            diagnostics.warning(
                name.position,
                "no model uses the provider \(quoted(name.value)); add a target, or remove it")
        }
    }

    func hint(_ name: String, among known: [String], list: String) -> String {
        if diagnostics.isFull { return "" }
        if let nearest = NearestName.find(name, among: known) {
            return "; did you mean \(quoted(nearest))?"
        }
        if known.isEmpty { return "; add it to '\(list)'" }
        let shown = known.prefix(8).map(quoted).joined(separator: ", ")
        return "; known are \(shown)" + (known.count > 8 ? ", …" : "")
    }
}
