// Package draft writes a new channel into the configuration file, for a person who types it into a page instead.
//
//	d := draft.Channel{ID: "shop", Network: "telegram", …}
//	written, err := draft.Add("puente.yaml", d, known)
//
// [Channel] says what is wrong with what was typed, in the words of package config, and is what would stand in the file. [Add] puts
// it at the end of the list, its secrets into files of their own beside it, and leaves all else as it stands, to the byte.
//
// It is not this package's job to change or to take out a channel that is there, nor to have the file read again.
package draft
