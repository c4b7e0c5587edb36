//go:build unix

package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/config"
)

// What may never end is not read, wherever a path of the operator's leads there.
func TestWhatIsNoRegularFileIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	link := filepath.Join(folder, "link")
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	load := func(path string) func() error {
		return func() error {
			_, err := config.Load(path, known)
			return err
		}
	}
	parse := func(text string) func() error {
		return func() error {
			_, err := config.Parse(filepath.Join(folder, "puente.yaml"), []byte(text), nil, known...)
			return err
		}
	}
	for name, test := range map[string]struct {
		read  func() error
		wants string
	}{
		"a pipe as configuration":        {load(pipe), "read configuration: read " + pipe + ": it is no regular file"},
		"a link to a pipe":               {load(link), "read configuration: read " + link + ": it is no regular file"},
		"a folder":                       {load(folder), "it is no regular file"},
		"a device":                       {load("/dev/zero"), "it is no regular file"},
		"a pipe that a value refers to":  {parse("data: file:pipe"), "data: file pipe cannot be read: it is no regular file"},
		"a pipe as credentials":          {parse("nats: {url: 'nats://a', credentials: pipe}"), "nats.credentials: it is no regular file"},
		"credentials that are not there": {parse("nats: {url: 'nats://a', credentials: later.creds}"), ""},
	} {
		done := make(chan error, 1)
		go func() { done <- test.read() }()
		var err error
		select {
		case err = <-done:
		case <-time.After(30 * time.Second):
			err = errors.New("it waits for whoever writes")
		}
		if (err == nil) != (test.wants == "") || err != nil && !strings.Contains(err.Error(), test.wants) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
