// Package version says which Puente this is: to people, in traces, and to every destination that is called.
//
// A build says it by itself where Go finds version control data. Elsewhere, as in a container without .git, the one who
// builds says it:
//
//	go build -ldflags "-X github.com/bonychat/puente/pkg/version.release=1.4.0 -X github.com/bonychat/puente/pkg/version.commit=$COMMIT" ./services/puente
package version

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// Set by -ldflags -X.
var (
	release string // such as 1.4.0
	commit  string // in hex digits
)

// String is the release, else the first 12 digits of the commit it was built from ("-modified" behind it where files
// were changed), else "devel". It holds letters, digits and .+-_ only, 64 at most.
func String() string { return current().name }

// UserAgent is what HTTP clients call themselves: "puente/1.4.0".
func UserAgent() string { return userAgent() }

var userAgent = sync.OnceValue(func() string { return "puente/" + String() })

// About is all there is to know, in lines: release, commit with its time, Go and platform.
func About() string {
	b := current()
	of := b.commit
	switch {
	case of == "":
		of = "unknown: built without version control data"
	case b.modified:
		of += ", modified"
	}
	if b.commit != "" && b.at != "" {
		of += ", " + b.at
	}
	return fmt.Sprintf("puente %s\ncommit %s\nbuilt with %s for %s/%s\n", b.name, of, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// build is what is known of this program.
type build struct {
	name, commit, at string
	modified         bool
}

var current = sync.OnceValue(func() build {
	info, _ := debug.ReadBuildInfo()
	return read(release, commit, info)
})

// read prefers what the builder said to what Go found. info may be nil.
func read(release, commit string, info *debug.BuildInfo) build {
	b := build{name: release, commit: commit}
	if info == nil {
		info = &debug.BuildInfo{}
	}
	found := map[string]string{}
	for _, s := range info.Settings {
		found[s.Key] = s.Value
	}
	if b.commit == "" {
		b.commit, b.at, b.modified = found["vcs.revision"], found["vcs.time"], found["vcs.modified"] == "true"
	}
	if main := info.Main.Version; b.name == "" && found["vcs.revision"] == "" && main != "(devel)" {
		b.name = main // of a module that was downloaded
	}
	if b.name == "" && b.commit != "" {
		b.name = b.commit[:min(12, len(b.commit))]
		if b.modified {
			b.name += "-modified"
		}
	}
	if b.name = product(b.name); b.name == "" {
		b.name = "devel"
	}
	return b
}

// product keeps what may stand in a header and in a trace: a build's flag may hold anything.
func product(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".+-_", r) {
			return r
		}
		return -1
	}, s)
	return s[:min(64, len(s))]
}
