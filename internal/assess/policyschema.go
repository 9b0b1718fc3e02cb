package assess

import "encoding/json"

// PolicySchema returns the JSON schema (draft 2020-12) of policy files, for
// editors. It is made from the tables that the reader uses.
func PolicySchema() []byte {
	list := func(item any) any { return object{"type": "array", "items": item} }
	text := object{"type": "string", "minLength": 1}
	closed := func(about string, required []string, properties object) object {
		o := object{"type": "object", "description": about, "additionalProperties": false, "properties": properties}
		if len(required) > 0 {
			o["required"] = required
		}
		return o
	}
	levels := object{}
	for _, r := range Rules() {
		levels[r.ID] = object{"enum": []string{"error", "warning", "note", "off"}, "default": r.Level, "description": r.Sees + " " + r.Why}
	}
	number := object{"type": "number", "minimum": 0}
	day := object{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	root := closed("Policy of mergebrief, read from the base branch.", nil, object{
		"preset":  object{"enum": presetNames(), "default": "observe"},
		"fail-on": object{"enum": []string{"none", "warning", "error"}},
		"rules":   closed("Levels of rules, where they differ.", nil, levels),
		"areas":   list(closed("A high-risk area.", []string{"name", "paths"}, object{"name": text, "paths": list(text)})),
		"checks": closed("Checks of the head.", nil, object{"required": list(object{"anyOf": []any{
			text, closed("A check, and what has to make it.", []string{"name"}, object{"name": text, "workflow": text, "app": text}),
		}})}),
		"commands": closed("Commands of agents.", nil, object{"required": list(text), "allowed": list(text)}),
		"hosts":    closed("Hosts that agents may reach.", nil, object{"allowed": list(text)}),
		"paths":    closed("Paths that agents may change.", nil, object{"allowed": list(text)}),
		"required": list(closed("Items of the checklist that must not be missing.", []string{"items"}, object{"items": list(object{"enum": itemIDs()}), "paths": list(text), "labels": list(text)})),
		"limits":   closed("Limits of a change, and budgets of all its agent runs together.", nil, object{"lines": number, "files": number, "cost-usd": number, "tokens": number}),
		"validation": closed("Kinds of validation that a check of the head must show.", nil, object{
			"required": list(closed("Kinds that are required where a path or label matches, or always.", []string{"kinds"}, object{"kinds": list(object{"enum": classes()}), "paths": list(text), "labels": list(text)})),
		}),
		"reviews": closed("Reviews that must be there.", nil, object{
			"approvals": number, "allow-stale": object{"type": "boolean"}, "except-requester": object{"type": "boolean"}, "except-operator": object{"type": "boolean"},
		}),
		"tickets": closed("Where tickets are found, and what approves them.", nil, object{
			"approval-labels": list(text),
			"priority":        object{"type": "object", "description": "Labels of each priority, the most urgent one first.", "additionalProperties": list(text)},
			"trackers":        list(closed("A ticket system.", []string{"pattern"}, object{"pattern": text, "url": object{"type": "string", "pattern": "^https?://"}})),
		}),
		"accepted": list(closed("A finding that is known and does not count.", []string{"id", "reason"}, object{"id": text, "reason": text, "owner": text, "expires": day, "paths": list(text), "labels": list(text)})),
	})
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "mergebrief policy"
	data, err := json.MarshalIndent(root, "", " ")
	if err != nil {
		panic(err) // the schema is made of strings and maps
	}
	return append(data, '\n')
}

type object map[string]any
