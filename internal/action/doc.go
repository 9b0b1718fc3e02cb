// Package action is the boundary with the GitHub Actions runner: what the
// runner hands to the container (inputs, variables, the event) and what it takes
// back (outputs, the job summary, workflow commands).
//
// It hides how the runner spells all of that, as actions/runner v2.336.0 does
// (src/Runner.Worker): input names in variables, host paths that are translated
// only at the start of a value, file commands, and commands that any printed
// line can issue. It promises that nothing printed or written through it can
// issue a command or set an output that mergebrief did not mean, that no secret
// appears in an error, and that the number and head of a pull request come from
// the event alone.
//
// [Inputs] and [Outputs] are the only declaration of the action's interface:
// action.yml, the tables of the README, the flags of the command line and the
// variables follow from them. The environment is read through a getenv function
// that the caller provides; files are touched only by [CommandFile].
package action
