package config

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bonychat/puente/pkg/config/broker"
	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Load reads the file at path, with the environment of the process. If something in it is wrong, the error is [yamlfile.Mistakes], with
// all that is wrong; any other error means that the file could not be read. The file has to be a regular one.
func Load(path string, networks []Network) (*Config, error) {
	return LoadFrom(yamlfile.ReadFile, path, networks)
}

// LoadFrom is [Load] with another way to read the file and the one that its channels_file names: it says what [Load] would say if
// something else stood in them. What file: refers to is read as ever.
func LoadFrom(read func(path string) ([]byte, error), path string, networks []Network) (*Config, error) {
	data, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	r := &reader{source: source(path, os.LookupEnv), list: read}
	return r.parse(data, networks)
}

// LoadShared reads what concerns every service, without channels and without the control API, whatever stands there. It is for services
// that get their channels from the broker: they need none of the credentials in the file.
func LoadShared(path string) (*Config, error) { return Load(path, nil) }

// LoadControl is [LoadShared] with the control API, for the service that serves it.
func LoadControl(path string) (*Config, error) {
	data, err := yamlfile.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	r := &reader{source: source(path, os.LookupEnv), list: yamlfile.ReadFile, wantsControl: true}
	return r.parse(data, nil)
}

// Parse reads the content of a file with that name. It opens only the files that file: and channels_file name in it; env looks up a
// variable. Its error is [yamlfile.Mistakes]. Without networks it passes over the channels and the control API.
func Parse(name string, data []byte, env func(string) (string, bool), networks ...Network) (*Config, error) {
	r := &reader{source: source(name, env), list: yamlfile.ReadFile}
	return r.parse(data, networks)
}

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
	c.NATS = broker.Parse(top["nats"])
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
