package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Load reads a regular file, with the environment of the process. What is wrong in it is [yamlfile.Mistakes]; any other error is
// one of reading. It waits for nobody: a pipe is refused.
func Load(path string, networks []Network) (*Config, error) {
	data, err := yamlfile.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return Parse(path, data, os.LookupEnv, networks...)
}

// LoadShared reads what concerns every service. The channels are passed over, whatever they hold, and so is the control
// API: so reads a service that has them from elsewhere and is given none of their credentials.
func LoadShared(path string) (*Config, error) { return Load(path, nil) }

// LoadControl is [LoadShared] with the control API: for the service that serves it.
func LoadControl(path string) (*Config, error) {
	data, err := yamlfile.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	r := &reader{source: source(path, os.LookupEnv), list: yamlfile.ReadFile, wantsControl: true}
	return r.parse(data, nil)
}

// Parse reads the content of a file of that name. It opens the files that file: and channels_file name, and nothing else;
// env looks up a variable. What is wrong is [yamlfile.Mistakes]. Without networks the channels and the control API are
// passed over.
func Parse(name string, data []byte, env func(string) (string, bool), networks ...Network) (*Config, error) {
	r := &reader{source: source(name, env), list: yamlfile.ReadFile}
	return r.parse(data, networks)
}

// ParseResolved is [Parse] of a text that somebody else wrote: a reference in it to a file or a variable is a mistake, since it
// would be one of this machine.
func ParseResolved(name string, data []byte, networks ...Network) (*Config, error) {
	foreign := func(string) ([]byte, error) { return nil, errForeign }
	r := &reader{source: yamlfile.Source{Name: name, Folder: ".", Open: foreign}, list: foreign}
	return r.parse(data, networks)
}

var errForeign = errors.New("references are resolved by whoever sends the file")

// reader reads one configuration.
type reader struct {
	source yamlfile.Source
	list   func(path string) ([]byte, error) // what channels_file names
	// wantsControl reads the control API's tokens without the channels.
	wantsControl bool

	file    *yamlfile.File // once it was read
	further *yamlfile.File // that channels_file names, nil without one
}

// source is a file of that name, whose references count from its folder.
func source(name string, env func(string) (string, bool)) yamlfile.Source {
	return yamlfile.Source{Name: name, Folder: filepath.Dir(name), Env: env, Open: yamlfile.ReadReferred}
}

func (r *reader) parse(data []byte, networks []Network) (*Config, error) {
	c := &Config{}
	root, ok := r.source.Read(data)
	r.file = root.File
	if ok {
		r.config(root, c, networks)
	}
	mistakes, warnings := r.file.Mistakes(), r.file.Warnings()
	c.Files = append([]string{r.source.Name}, r.file.Referred()...)
	if r.further != nil {
		c.Files = append(c.Files, r.further.Referred()...)
		mistakes, warnings = append(mistakes, r.further.Mistakes()...), append(warnings, r.further.Warnings()...)
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	c.Warnings = warnings
	return c, nil
}

// config reads the document.
func (r *reader) config(root yamlfile.Place, c *Config, networks []Network) {
	top, ok := root.Fields("listen", "internal", "public_url", "data", "nats", "log", "allow_addresses",
		"trusted_proxies", "trace", "stop", "history", "retention", "digest_key", "control", "channels", "channels_file")
	if !ok {
		return
	}
	r.addresses(top, c)
	r.nats(top["nats"], c)
	c.Data = top["data"].Path("data")
	r.log(top["log"], c)
	c.AllowAddresses = top["allow_addresses"].Prefixes()
	c.TrustedProxies = top["trusted_proxies"].Prefixes()
	r.trace(top["trace"], c)
	r.stop(top["stop"], c)
	r.history(top["history"], c)
	r.retention(top["retention"], c)
	if len(networks) > 0 || r.wantsControl {
		c.Control = operators.Parse(top["control"])
	}
	if len(networks) > 0 {
		c.DigestKey = digestKey(top["digest_key"])
		list, further := r.listed(top)
		c.Channels = r.channels(list, networks)
		r.further = further
	}
}
