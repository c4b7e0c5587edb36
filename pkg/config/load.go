package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// MaxSize is the largest file that is read, in bytes: ten thousand channels are 2 MB.
const MaxSize = 16 << 20

// Load reads a regular file, with the environment of the process. What is wrong in it is [Mistakes]; any other error is
// one of reading. It waits for nobody: a pipe is refused.
func Load(path string, networks []Network) (*Config, error) {
	data, err := readFile(path, MaxSize+1)
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
	data, err := readFile(path, MaxSize+1)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	r := &reader{file: path, folder: filepath.Dir(path), env: os.LookupEnv, open: readReferred, list: readList, wantsControl: true}
	return r.parse(data, nil)
}

// Parse reads the content of a file of that name. It opens the files that file: and channels_file name, and nothing else;
// env looks up a variable. What is wrong is [Mistakes]. Without networks the channels and the control API are passed over.
func Parse(name string, data []byte, env func(string) (string, bool), networks ...Network) (*Config, error) {
	r := &reader{file: name, folder: filepath.Dir(name), env: env, open: readReferred, list: readList}
	return r.parse(data, networks)
}

// ParseResolved is [Parse] of a text that somebody else wrote: a reference in it to a file or a variable is a mistake, since it
// would be one of this machine.
func ParseResolved(name string, data []byte, networks ...Network) (*Config, error) {
	r := &reader{file: name, folder: ".", open: func(string) ([]byte, error) { return nil, errForeign }}
	return r.parse(data, networks)
}

var errForeign = errors.New("references are resolved by whoever sends the file")

func (r *reader) parse(data []byte, networks []Network) (*Config, error) {
	c := &Config{}
	if root, ok := r.document(data); ok {
		r.config(root, c, networks)
	}
	mistakes, warnings := sorted(r.mistakes), sorted(r.warnings)
	c.Files = append([]string{r.file}, r.files...)
	if r.further != nil {
		c.Files = append(c.Files, r.further.files...)
		mistakes, warnings = append(mistakes, sorted(r.further.mistakes)...), append(warnings, sorted(r.further.warnings)...)
	}
	if len(mistakes) > 0 {
		return nil, Mistakes(mistakes)
	}
	c.Warnings = warnings
	return c, nil
}

// config reads the document.
func (r *reader) config(root place, c *Config, networks []Network) {
	top, ok := root.fields("listen", "internal", "public_url", "data", "nats", "log", "allow_addresses",
		"trusted_proxies", "trace", "stop", "history", "retention", "digest_key", "control", "channels", "channels_file")
	if !ok {
		return
	}
	r.addresses(top, c)
	r.nats(top["nats"], c)
	c.Data = top["data"].path("data")
	r.log(top["log"], c)
	c.AllowAddresses = top["allow_addresses"].prefixes()
	c.TrustedProxies = top["trusted_proxies"].prefixes()
	r.trace(top["trace"], c)
	r.stop(top["stop"], c)
	r.history(top["history"], c)
	r.retention(top["retention"], c)
	if len(networks) > 0 || r.wantsControl {
		r.control(top["control"], c)
	}
	if len(networks) > 0 {
		c.DigestKey = top["digest_key"].digestKey()
		list, of := r.listed(top)
		c.Channels = of.channels(list, networks)
		if of != r {
			r.further = of
		}
	}
}
