// Package draft writes channels into the configuration file, for a person who types them into a page instead.
//
//	d := draft.Channel{ID: "shop", Network: "telegram", …}
//	written, err := draft.Add("puente.yaml", d, known)
//
// [Channel] says what is wrong with what was typed, in the words of package config, and is what would stand in the file. [Add] puts
// it at the end of the list, its secrets into files of their own beside it, and leaves all else as it stands, to the byte.
//
// A channel that is there is changed by an [Editor], and taken out:
//
//	is, err := editor.Look("shop")
//	plan := is.Plan(draft.Change{…, Version: is.Version}, known)
//	written, err := editor.Change(…)
//
// It is not this package's job to have the file read again, nor to ask a network about credentials.
package draft
