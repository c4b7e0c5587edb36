// Package running is how commands find the "puente up" that runs on this machine: each says in its data folder, and in a
// folder of its user, where its control API listens.
//
//	here, err := running.Announce(running.Bridge{URL: "http://127.0.0.1:8081", Data: "data"})
//	defer here.Withdraw()
//
//	b, err := running.At("data") // in another program, of the same user
//	all := running.All()
//
// A bridge that was killed is not found: what it left is believed only while its process holds a lock. The token of the
// API stands beside, in the file [TokenFile]; it is not this package's job to make it.
package running

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Files of a data folder.
const (
	// TokenFile holds the token that commands of the same user show to the control API; only its owner can read it.
	TokenFile = "control.token"
	placeFile = "control.json"
	lockFile  = "control.lock"
)

// ErrNotRunning is returned where no bridge runs on a data folder.
var ErrNotRunning = errors.New("no puente up is running on it")

// ErrAnnounced is returned where another process has announced itself for the data folder.
var ErrAnnounced = errors.New("another process has announced itself for it")

// Bridge is a "puente up".
type Bridge struct {
	// URL is that of its control API, without a slash at its end.
	URL string `json:"url"`
	// Data is its data folder, an absolute path.
	Data string `json:"data"`
	// File is its configuration file, an absolute path; "" for the demonstration.
	File string `json:"file,omitempty"`
	// PID is its process.
	PID int `json:"pid"`
	// Since is when it began to run.
	Since time.Time `json:"since"`
	// Read is what came of reading the file again; nil where it was not read again.
	Read *Reading `json:"read,omitempty"`
}

// Reading is what came of reading the configuration file again.
type Reading struct {
	// Number counts the readings, from 1.
	Number int `json:"number"`
	// Added, Changed and Removed are channels.
	Added   []string `json:"added,omitempty"`
	Changed []string `json:"changed,omitempty"`
	Removed []string `json:"removed,omitempty"`
	// Restart are settings of the file that take effect at the next start.
	Restart []string `json:"restart,omitempty"`
	// Mistakes are why nothing was changed; empty where the file was taken up.
	Mistakes []string `json:"mistakes,omitempty"`
}

// Token is what the bridge's control API takes from its own user.
func (b Bridge) Token() (string, error) { return ReadToken(filepath.Join(b.Data, TokenFile)) }

// At is the bridge that runs on a data folder; [ErrNotRunning] where none does.
func At(data string) (Bridge, error) {
	data, err := filepath.Abs(data)
	if err != nil {
		return Bridge{}, err
	}
	free, err := unlocked(filepath.Join(data, lockFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Bridge{}, fmt.Errorf("data folder %s: %w", data, err)
	}
	if free || err != nil {
		return Bridge{}, fmt.Errorf("data folder %s: %w", data, ErrNotRunning)
	}
	text, err := readSmall(filepath.Join(data, placeFile))
	if errors.Is(err, fs.ErrNotExist) { // it is just starting, or just ending
		return Bridge{}, fmt.Errorf("data folder %s: %w", data, ErrNotRunning)
	}
	if err != nil {
		return Bridge{}, err
	}
	var b Bridge
	if err := json.Unmarshal(text, &b); err != nil {
		return Bridge{}, fmt.Errorf("read %s: %w", filepath.Join(data, placeFile), err)
	}
	b.Data = data // it may have been moved, or be mounted elsewhere
	return b, nil
}

// URLOf is the URL of what listens there, as a program on the same machine calls it.
func URLOf(listening net.Addr) string {
	host, port, err := net.SplitHostPort(listening.String())
	if err != nil {
		return "http://" + listening.String()
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// write replaces a file of this user alone, whole or not at all.
func write(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	return os.Rename(f.Name(), path)
}
