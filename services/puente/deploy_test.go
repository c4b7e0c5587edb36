package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/webhook"
)

// deployed is a file of the folder deploy.
func deployed(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// found is what a pattern's first group matches, once.
func found(t *testing.T, text, pattern string) string {
	t.Helper()
	all := regexp.MustCompile("(?m)"+pattern).FindAllStringSubmatch(text, -1)
	if len(all) != 1 {
		t.Fatalf("%q is found %d times", pattern, len(all))
	}
	return all[0][1]
}

// The service manager must not end by force what the program still waits for.
func TestUnitWaitsForTheProgram(t *testing.T) {
	unit := deployed(t, "systemd/puente.service")
	seconds, err := strconv.Atoi(found(t, unit, `^TimeoutStopSec=(\d+)$`))
	if err != nil || time.Duration(seconds)*time.Second <= config.DefaultGrace {
		t.Errorf("TimeoutStopSec is %d seconds, stop.grace %s: %v", seconds, config.DefaultGrace, err)
	}
}

// systemd itself has nothing to say against the unit.
func TestUnitIsOne(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd here")
	}
	program := "/usr/local/bin/puente" // where there is none, systemd complains
	unit := deployed(t, "systemd/puente.service")
	if !strings.Contains(unit, "ExecStart="+program+" up ") {
		t.Errorf("the unit does not start %s", program)
	}
	file := filepath.Join(t.TempDir(), "puente.service")
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(unit, program, "/bin/true")), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(analyze, "verify", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// What can be known of an image without building it.
func TestDockerfile(t *testing.T) {
	text := deployed(t, "Dockerfile")
	ignore := deployed(t, "Dockerfile.dockerignore")
	sources := 0
	for _, m := range regexp.MustCompile(`(?m)^COPY ([^-].*) \S+$`).FindAllStringSubmatch(text, -1) {
		for _, source := range strings.Fields(m[1]) {
			sources++
			if _, err := os.Stat(filepath.Join("../..", source)); err != nil {
				t.Errorf("COPY: %v", err)
			}
			if top, _, _ := strings.Cut(source, "/"); !strings.Contains(ignore, "\n!"+top+"\n") {
				t.Errorf("COPY %s: the build is not given it", source)
			}
		}
	}
	if sources < 10 {
		t.Errorf("%d sources are copied", sources)
	}
	work, err := os.ReadFile("../../go.work")
	if err != nil {
		t.Fatal(err)
	}
	image, language := found(t, text, `^FROM --platform=\$BUILDPLATFORM docker\.io/library/golang:(\S+) AS build$`), found(t, string(work), `^go (\S+)$`)
	if language != image && !strings.HasPrefix(language, image+".") {
		t.Errorf("the image builds with Go %s, go.work says %s", image, language)
	}
	version, err := os.ReadFile("../../pkg/version/version.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`pkg/version\.(\w+)=`).FindAllStringSubmatch(text, -1) {
		if !regexp.MustCompile(`(?m)^\t` + m[1] + `\s+string`).Match(version) {
			t.Errorf("-X sets version.%s, which there is not", m[1])
		}
	}
	last := text[strings.LastIndex(text, "\nFROM "):]
	if user := found(t, last, `^USER (\d+):\d+$`); user == "0" {
		t.Error("the image runs as root")
	}
	if !strings.Contains(last, "ca-certificates.crt /etc/ssl/certs/ca-certificates.crt") {
		t.Error("the image has no root certificates: every call to a network would fail")
	}
	if !strings.Contains(text, "CGO_ENABLED=0") {
		t.Error("the program needs a C library, which the image has not")
	}
}

// A proxy that takes less than a network may send loses calls; one that repeats requests doubles messages.
func TestProxiesLoseAndDoubleNothing(t *testing.T) {
	nginx := deployed(t, "nginx/puente.conf")
	megabytes, err := strconv.ParseInt(found(t, nginx, `^\s*client_max_body_size (\d+)m;`), 10, 64)
	if err != nil || megabytes<<20 < webhook.LargestMaxBody {
		t.Errorf("nginx takes %d MB, a network may send %d bytes: %v", megabytes, webhook.LargestMaxBody, err)
	}
	found(t, nginx, `^\s*(proxy_next_upstream off);`)
	found(t, nginx, `^\s*(proxy_set_header X-Forwarded-For) \$proxy_add_x_forwarded_for;`)
	found(t, nginx, `^\s*(proxy_pass) http://puente;`) // with a path behind it the path would be decoded
	if caddy := deployed(t, "caddy/Caddyfile"); regexp.MustCompile(`lb_(retries|try_duration)|request_body`).MatchString(caddy) {
		t.Error("Caddy repeats requests or bounds bodies")
	}
}
