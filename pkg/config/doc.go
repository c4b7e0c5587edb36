// Package config reads puente.yaml, the one file of the configuration, and reports every mistake in it at once: where
// it is, and what is allowed there.
//
//	cfg, err := config.Load("puente.yaml", networks.Of(telegram.Network))
//	if err != nil {
//		return err // puente.yaml:12: channels[0].account.token: is required
//	}
//
// The file is YAML, hence JSON too, up to [yamlfile.MaxSize], without aliases and tags.
//
// # References
//
// ${NAME} anywhere in a value stands for the environment variable of that name, $${ for ${ itself. A value that begins
// with file: is read from that file, without the line breaks at its end. What a reference yields is taken as it is and
// not looked through again. In the flow style, { } and [ ], a value with a reference stands in quotes.
//
// All paths, those after file: included, count from the folder of puente.yaml. A missing, null or empty value is the
// same and means the default. Every file that is read is a regular one: a pipe, a device or a folder is a mistake, since
// reading it might never end.
//
// The list of channels may stand in a file of its own, which channels_file names: what is about the bridge and what is about
// its channels can then have different owners. Its references count from its own folder.
//
// # Secrets
//
// A credential of an account is a string; where its network takes [secret.Texts], it may be a list of strings, the newest
// first, for as long as it is being changed.
//
// No mistake holds a value, only names: of fields, variables and files. Credentials are [secret.Text] and
// [Account], which print as "[secret]".
//
// It is not this package's job to reach anything: whether a token is good or a server answers shows later.
package config
