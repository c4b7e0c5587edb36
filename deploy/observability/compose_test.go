package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// TestComposeIsOne: the library of docker compose takes the file, each image has an exact version, each file that a container
// is given is there, and no port is open to others.
func TestComposeIsOne(t *testing.T) {
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir: ".", ConfigFiles: []types.ConfigFile{{Filename: "compose.yaml"}}, Environment: types.Mapping{"GRAFANA_PASSWORD": "x"},
	}, func(o *loader.Options) { o.SetProjectName("puente", true) })
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for name, s := range p.Services {
		if !regexp.MustCompile(`:v?\d+\.\d+\.\d+$`).MatchString(s.Image) {
			t.Errorf("%s: %s is no exact version", name, s.Image)
		}
		for _, v := range s.Volumes {
			if v.Type == types.VolumeTypeBind {
				files++
				if _, err := os.Stat(v.Source); err != nil || !v.ReadOnly {
					t.Errorf("%s: %s: %v, read only %t", name, v.Source, err, v.ReadOnly)
				}
			}
		}
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %s is open to others", name, port.Published)
			}
		}
		if s.NetworkMode == "host" && !strings.Contains(strings.Join(s.Command, " ")+*orEmpty(s.Environment["GF_SERVER_HTTP_ADDR"]), "127.0.0.1") {
			t.Errorf("%s listens on every address of the machine", name)
		}
	}
	if len(p.Services) != 3 || files != 5 {
		t.Errorf("%d services, %d files", len(p.Services), files)
	}
}

func orEmpty(s *string) *string {
	if s == nil {
		return new(string)
	}
	return s
}
