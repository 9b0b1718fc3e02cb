package agents

// rows lists the agents by key. Bots that review or update dependencies are not
// among them.
var rows = []Agent{
	{
		Key: "aider", Name: "Aider", Aliases: []string{"Aider CLI"},
		Emails:     []string{"aider@aider.chat", "noreply@aider.chat", "noreply@aider.dev"},
		NameSuffix: " (aider)",
		Stores:     []Store{{Worktree: true, Globs: []string{".aider.chat.history.md"}}},
		Instructions: Instructions{
			Paths: []string{".aider.conf.yml", ".aiderignore", "CONVENTIONS.md"},
		},
		Workspace: []string{".aider.chat.history.md"},
		Page:      "agents/aider.md",
		Formats:   []string{"aider-history", "aider-analytics"},
	},
	{
		Key: "amazon-q", Name: "Amazon Q Developer", Aliases: []string{"Amazon Q"},
		Instructions: Instructions{Folders: []string{".amazonq/rules/"}},
	},
	{
		Key: "amp", Name: "Amp", Aliases: []string{"Amp Code"},
		Emails:   []string{"amp@ampcode.com"},
		Trailers: []Trailer{{Key: "amp-thread-id", Session: true}},
		Links:    []string{`https://ampcode\.com/threads/T-[0-9A-Za-z-]{1,64}`},
		Stores:   []Store{{Variable: "XDG_DATA_HOME", Folder: ".local/share", Below: "amp/threads", Globs: []string{"T-*.json"}}},
		Formats:  []string{"amp-thread"},
	},
	{
		Key: "augment", Name: "Augment Code",
		Instructions: Instructions{Paths: []string{".augment-guidelines"}, Folders: []string{".augment/rules/"}},
	},
	{
		// claude.ai/code, the action and the SDK run the same program.
		Key: "claude-code", Name: "Claude Code", Vendor: "anthropic",
		Aliases:  []string{"Claude", "Claude CLI", "Claude Code Action"},
		Emails:   []string{"noreply@anthropic.com"},
		Accounts: []string{"209825114"},
		Logins:   []string{"claude[bot]", "claude-code[bot]"},
		Trailers: []Trailer{{Key: "claude-session", Session: true}, {Key: "claude-generated-by"}},
		Links:    []string{`https://claude\.ai/code/session_[0-9A-Za-z]{1,64}`},
		Phrases:  []string{`Generated with \[Claude Code\]\(https://claude\.(?:ai|com)/(?:claude-)?code\)`},
		Stores: []Store{
			{Variable: "CLAUDE_CONFIG_DIR", Folder: ".claude", Below: "projects", Globs: []string{"*/*.jsonl", "*/*/subagents/**/*.jsonl"}},
			{Variable: "XDG_CONFIG_HOME", Folder: ".config", Below: "claude/projects", Globs: []string{"*/*.jsonl", "*/*/subagents/**/*.jsonl"}},
		},
		Instructions: Instructions{
			Names:   []string{"CLAUDE.md", "CLAUDE.local.md"},
			Paths:   []string{".claude/settings.json", ".claude/settings.local.json", ".mcp.json"},
			Folders: []string{".claude/rules/", ".claude/agents/", ".claude/commands/", ".claude/skills/", ".claude/hooks/"},
		},
		Workspace: []string{"**/claude-execution-output.json"},
		Page:      "agents/claude-code-action.md",
		Formats:   []string{"claude-session", "claude-stream"},
	},
	{
		Key: "cline", Name: "Cline", Aliases: []string{"Cline CLI"},
		Stores: inEditors(Store{
			Below: "globalStorage/saoudrizwan.claude-dev", Globs: []string{"tasks/*/api_conversation_history.json"}, Unread: "there is no reader for the tasks of Cline",
		}),
		Formats:      []string{"cline", "cline-session"},
		Instructions: Instructions{Paths: []string{".clinerules"}, Folders: []string{".clinerules/", "memory-bank/"}},
	},
	{
		Key: "codex", Name: "Codex", Vendor: "openai", Aliases: []string{"Codex CLI", "OpenAI Codex", "codex_cli_rs", "codex_exec", "codex_vscode"},
		Emails: []string{"noreply@openai.com", "codex@openai.com"},
		Logins: []string{"chatgpt-codex-connector[bot]"},
		Links:  []string{`https://chatgpt\.com/codex/tasks/task_[0-9A-Za-z_]{1,64}`},
		Stores: []Store{{
			Variable: "CODEX_HOME", Folder: ".codex",
			Globs: []string{"sessions/**/rollout-*.{jsonl,jsonl.zst}", "archived_sessions/**/rollout-*.{jsonl,jsonl.zst}"},
		}},
		Instructions: Instructions{Paths: []string{".codex/config.toml"}, Folders: []string{".codex/rules/"}},
		Workspace:    []string{"**/rollout-*.jsonl", "**/rollout-*.jsonl.zst"},
		Page:         "agents/codex-action.md",
		Formats:      []string{"codex-rollout", "codex-exec"},
	},
	{
		Key: "continue", Name: "Continue", Aliases: []string{"Continue CLI", "Continue.dev"},
		Emails:       []string{"noreply@continue.dev"},
		Stores:       []Store{{Folder: ".continue", Below: "sessions", Globs: []string{"*-*.json"}}},
		Instructions: Instructions{Paths: []string{".continuerules"}, Folders: []string{".continue/rules/"}},
		Formats:      []string{"continue"},
	},
	{
		// The command line, the cloud agent and the agent in editors are one: they
		// write the same log (its producer is "copilot-agent" in all of them), share
		// the accounts, and read the same instructions.
		Key: "copilot", Name: "GitHub Copilot", Vendor: "github",
		Aliases:  []string{"Copilot CLI", "GitHub Copilot CLI", "Copilot Agent", "Copilot Coding Agent", "GitHub Copilot Coding Agent", "Copilot SWE Agent"},
		Emails:   []string{"copilot@github.com"},
		Accounts: []string{"198982749", "175728472", "223556219"},
		Logins:   []string{"copilot-swe-agent[bot]"},
		Trailers: []Trailer{{Key: "agent-logs-url", Session: true}},
		Links:    []string{`https://[\w.-]+/[\w.-]+/[\w.-]+/(?:agent-)?sessions/[0-9a-f]{8}-[0-9a-f-]{27}`},
		Stores: append([]Store{
			{Variable: "COPILOT_HOME", Folder: ".copilot", Globs: []string{"session-state/*/events.jsonl", "session-state/*.jsonl"}},
		}, inEditors(Store{Below: "workspaceStorage", Globs: []string{"*/GitHub.copilot-chat/transcripts/*.jsonl"}, Beside: "workspace.json"})...),
		Workspace: []string{"**/events.jsonl"},
		Instructions: Instructions{
			Paths:   []string{".github/copilot-instructions.md", ".github/workflows/copilot-setup-steps.yml", ".github/workflows/copilot-setup-steps.yaml"},
			Folders: []string{".github/instructions/", ".github/prompts/", ".github/chatmodes/", ".github/agents/"},
		},
		Page:    "agents/copilot-coding-agent.md",
		Formats: []string{"copilot-events", "copilot-chat"},
	},
	{
		Key: "cursor", Name: "Cursor", Vendor: "cursor", Aliases: []string{"Cursor Agent", "Cursor CLI", "Cursor IDE"},
		Emails:   []string{"cursoragent@cursor.com"},
		Logins:   []string{"cursor[bot]"},
		Trailers: []Trailer{{Key: "made-with", Value: "cursor"}},
		Links:    []string{`https://(?:www\.)?cursor\.com/(?:agents/|agents\?id=|background-agent\?bcId=)bc-[0-9a-f-]{36}`},
		Phrases:  []string{`(?m)^Made[- ]with:?[ \t]+\[?Cursor\b`},
		Stores:   []Store{{Folder: ".cursor", Below: "projects", Globs: []string{"*/agent-transcripts/**/*.jsonl"}, Slugged: true}},
		Instructions: Instructions{
			Paths:           []string{".cursorrules", ".cursorignore", ".cursor/hooks.json", ".cursor/mcp.json", ".cursor/environment.json"},
			FoldersAnywhere: []string{".cursor/rules/"},
		},
		Page:    "agents/cursor-cli.md",
		Formats: []string{"cursor-stream", "cursor-transcript"},
	},
	{
		Key: "devin", Name: "Devin", Aliases: []string{"Devin AI"},
		Accounts:     []string{"158243242", "148525504"},
		Logins:       []string{"devin-ai-integration[bot]"},
		Links:        []string{`https://app\.devin\.ai/sessions/[0-9a-f]{32}`},
		Instructions: Instructions{Folders: []string{".devin/"}},
	},
	{
		Key: "droid", Name: "Factory Droid", Aliases: []string{"Factory", "Factory AI Droid"},
		Accounts: []string{"138933559"},
		Logins:   []string{"factory-droid[bot]"},
		Stores:   []Store{{Folder: ".factory", Below: "sessions", Globs: []string{"**/*.jsonl"}}},
		Formats:  []string{"droid", "droid-settings"},
	},
	{
		// Gemini Code Assist is another product, which reviews.
		Key: "gemini-cli", Name: "Gemini CLI", Vendor: "google", Aliases: []string{"Gemini"},
		Accounts:  []string{"218312386"},
		Logins:    []string{"gemini-cli[bot]"},
		Stores:    []Store{{Variable: "GEMINI_CLI_HOME", Below: ".gemini/tmp", Globs: []string{"*/chats/**/*.{json,jsonl}"}, Beside: ".project_root"}},
		Workspace: []string{"**/chats/**/session-*.{json,jsonl}"},
		Instructions: Instructions{
			Names:   []string{"GEMINI.md"},
			Paths:   []string{".gemini/settings.json", ".gemini/styleguide.md", ".gemini/config.yaml"},
			Folders: []string{".gemini/commands/"},
		},
		Page:    "agents/gemini-cli-action.md",
		Formats: []string{"gemini-session", "gemini-stream"},
	},
	{
		Key: "goose", Name: "Goose",
		Stores: []Store{{
			Variable: "XDG_DATA_HOME", Folder: ".local/share", Below: "goose/sessions", Globs: []string{"*.jsonl", "sessions.db"}, Unread: "there is no reader for the sessions of Goose",
		}},
		Instructions: Instructions{Paths: []string{".goosehints"}},
	},
	{
		Key: "jules", Name: "Jules", Vendor: "google", Aliases: []string{"Google Jules", "Google Labs Jules"},
		Accounts: []string{"161369871"},
		Logins:   []string{"google-labs-jules[bot]"},
		Links:    []string{`https://jules\.google(?:\.com)?/(?:task|session)s?/[0-9]{1,30}`},
		Phrases:  []string{`PR created automatically by Jules for task`},
	},
	{
		Key: "junie", Name: "Junie",
		Instructions: Instructions{Paths: []string{".junie/guidelines.md", ".junie/AGENTS.md"}},
	},
	{
		Key: "kiro", Name: "Kiro",
		Instructions: Instructions{Folders: []string{".kiro/steering/", ".kiro/specs/"}},
	},
	{Key: "mini-swe-agent", Name: "mini-swe-agent", Aliases: []string{"mini"}, Workspace: []string{"**/*.traj.json"}, Formats: []string{"mini-swe-agent"}},
	{
		Key: "opencode", Name: "OpenCode",
		Emails:       []string{"noreply@opencode.ai"},
		Stores:       []Store{{Variable: "XDG_DATA_HOME", Folder: ".local/share", Below: "opencode", Globs: []string{"opencode.db"}, Export: "opencode export SESSION"}},
		Instructions: Instructions{Paths: []string{"opencode.json", "opencode.jsonc"}, Folders: []string{".opencode/"}},
		Formats:      []string{"opencode", "opencode-storage"},
	},
	{
		Key: "openhands", Name: "OpenHands", Aliases: []string{"OpenDevin", "OpenHands CLI", "OpenHands SDK"},
		Emails:       []string{"openhands@all-hands.dev", "opendevin@all-hands.dev", "bot@opendevin.com"},
		Links:        []string{`https://app\.all-hands\.dev/conversations/[0-9a-f]{32}`},
		Instructions: Instructions{Folders: []string{".openhands/microagents/"}},
		Page:         "agents/openhands.md",
		Formats:      []string{"openhands"},
	},
	{
		Key: "pi", Name: "pi", Aliases: []string{"pi-coding-agent"},
		Stores:  []Store{{Variable: "PI_CODING_AGENT_DIR", Folder: ".pi/agent", Globs: []string{"sessions/*/*.jsonl"}}},
		Formats: []string{"pi"},
	},
	{Key: "pullfrog", Name: "Pullfrog", Logins: []string{"pullfrog[bot]"}},
	{
		Key: "qwen-code", Name: "Qwen Code", Aliases: []string{"Qwen", "Qwen-Coder"},
		Emails:       []string{"qwen-coder@alibabacloud.com"},
		Stores:       []Store{{Folder: ".qwen", Globs: []string{"projects/*/chats/*.jsonl"}}},
		Instructions: Instructions{Names: []string{"QWEN.md"}, Paths: []string{".qwen/settings.json"}},
		Formats:      []string{"qwen-session", "qwen-stream"},
	},
	{
		Key: "replit", Name: "Replit Agent", Aliases: []string{"Replit"},
		Instructions: Instructions{Paths: []string{"replit.md"}},
	},
	{
		Key: "roo", Name: "Roo Code",
		Stores: inEditors(Store{
			Below: "globalStorage/rooveterinaryinc.roo-cline", Globs: []string{"tasks/*/api_conversation_history.json"}, Unread: "there is no reader for the tasks of Roo Code",
		}),
		Instructions: Instructions{Paths: []string{".roorules", ".roomodes"}, Folders: []string{".roo/rules"}}, // also .roo/rules-code/ and its like
	},
	{Key: "sisyphus", Name: "Sisyphus", Emails: []string{"clio-agent@sisyphuslabs.ai"}},
	{Key: "swe-agent", Name: "SWE-agent", Workspace: []string{"**/*.traj"}, Formats: []string{"swe-agent"}},
	{
		Key: "trae", Name: "Trae",
		Instructions: Instructions{Folders: []string{".trae/rules/"}},
	},
	{
		Key: "warp", Name: "Warp",
		Instructions: Instructions{Paths: []string{"warp.md", "WARP.md"}},
	},
	{
		Key: "windsurf", Name: "Windsurf", Aliases: []string{"Cascade", "Windsurf Cascade"},
		Emails:       []string{"windsurf@codeium.com"},
		Stores:       []Store{{Folder: ".windsurf", Below: "transcripts", Globs: []string{"*.jsonl"}}},
		Instructions: Instructions{Paths: []string{".windsurfrules"}, Folders: []string{".windsurf/rules/", ".windsurf/workflows/"}},
		Formats:      []string{"windsurf"},
	},
	{
		Key: "zed", Name: "Zed",
		Instructions: Instructions{Paths: []string{".rules"}},
	},
}

// editors are the folders in which VS Code and its like keep what their extensions
// store: on Linux, in remote and dev containers, on macOS and on Windows.
var editors = []string{
	".config/Code/User", ".config/VSCodium/User", ".vscode-server/data/User", "Library/Application Support/Code/User", "AppData/Roaming/Code/User",
}

// inEditors is a store of an extension, in the folders of all editors.
func inEditors(s Store) (all []Store) {
	for _, folder := range editors {
		s.Folder = folder
		all = append(all, s)
	}
	return all
}

// shared are the instruction files that several agents read.
var shared = Instructions{
	Names:   []string{"AGENTS.md", "AGENTS.override.md", "SKILL.md"},
	Paths:   []string{"llms.txt"},
	Folders: []string{".agents/skills/"},
}
