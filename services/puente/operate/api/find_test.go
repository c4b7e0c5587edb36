package api_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"
	"github.com/bonychat/puente/services/puente/running"
)

// env is an environment.
type env map[string]string

func (e env) get(name string) string { return e[name] }

// out is an output that is thrown away.
func out() render.Output {
	return render.Output{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Words: render.In(render.English)}
}

func stored(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What the command line says counts more than the environment, and both more than what runs on this machine.
func TestWhichAPIIsMeant(t *testing.T) {
	t.Parallel()
	file := stored(t, filepath.Join(t.TempDir(), "token"), "of-file\n")
	both := env{api.EnvAPI: "https://b.example/", api.EnvToken: "of-env"}
	for _, c := range []struct {
		target api.Target
		env    env
		want   api.Place
	}{
		{api.Target{API: "http://a.example:8081/"}, both, api.Place{URL: "http://a.example:8081", Token: "of-env"}},
		{api.Target{API: "http://a.example", TokenFile: file}, both, api.Place{URL: "http://a.example", Token: "of-file"}},
		{api.Target{}, both, api.Place{URL: "https://b.example", Token: "of-env"}},
		{api.Target{TokenFile: file}, both, api.Place{URL: "https://b.example", Token: "of-file"}},
	} {
		got, err := api.Find(c.target, c.env.get, out())
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%+v: %v %s", c.target, err, d)
		}
	}
	for name, c := range map[string]struct {
		target api.Target
		env    env
	}{
		"no host":         {api.Target{API: "https:///x"}, both},
		"another scheme":  {api.Target{API: "ftp://a.example"}, both},
		"a query":         {api.Target{API: "http://a.example?x=1"}, both},
		"no token":        {api.Target{API: "http://a.example"}, nil},
		"no token's file": {api.Target{API: "http://a.example", TokenFile: file + "x"}, both},
	} {
		place, err := api.Find(c.target, c.env.get, out())
		if e, ok := errors.AsType[*exit.Error](err); !ok || e.Status == exit.OK || place != (api.Place{}) {
			t.Errorf("%s: %+v, %v", name, place, err)
		}
	}
}

// A bridge on this machine is asked with the token in its data folder, or where its file names tokens with the first of
// them that may change something.
func TestTheTokenOfABridgeOnThisMachine(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	folder := t.TempDir()
	reads, writes := strings.Repeat("r", operators.MinToken), strings.Repeat("w", operators.MinToken)
	file := stored(t, filepath.Join(folder, "puente.yaml"), "data: data\ncontrol: {tokens: [{name: luz, role: read, token: "+reads+"}, {name: ana, role: write, token: "+writes+"}]}\n")
	data := filepath.Join(folder, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	none := env{}
	if _, err := api.Find(api.Target{Data: data}, none.get, out()); err == nil || !strings.Contains(err.Error(), data) {
		t.Errorf("nothing runs: %v", err)
	}
	here, err := running.Announce(running.Bridge{URL: "http://127.0.0.1:8081", Data: data, File: file})
	if err != nil {
		t.Fatal(err)
	}
	defer here.Withdraw()
	expect := func(target api.Target, env env, name, token string) {
		t.Helper()
		p, err := api.Find(target, env.get, out())
		if err != nil || p.URL != "http://127.0.0.1:8081" || p.Name != name || p.Token != token || p.Bridge == nil || p.Bridge.File != file {
			t.Errorf("%+v: %v, %q, %+v", target, err, p.Name, p.Bridge)
		}
	}
	expect(api.Target{}, none, "ana", writes)
	expect(api.Target{File: file}, none, "ana", writes)
	expect(api.Target{Data: data}, env{api.EnvAPI: "http://elsewhere", api.EnvToken: "given"}, "", "given")
	stored(t, filepath.Join(data, running.TokenFile), "of-owner\n")
	expect(api.Target{Data: data}, none, auth.OwnerName, "of-owner")
	second := filepath.Join(folder, "second")
	if err := os.Mkdir(second, 0o700); err != nil {
		t.Fatal(err)
	}
	two, err := running.Announce(running.Bridge{URL: "http://127.0.0.1:8082", Data: second})
	if err != nil {
		t.Fatal(err)
	}
	defer two.Withdraw()
	_, err = api.Find(api.Target{}, none.get, out())
	if e, ok := errors.AsType[*exit.Error](err); !ok || e.Status != exit.Usage || !strings.Contains(e.Text, data) || !strings.Contains(e.Text, second) {
		t.Errorf("two run: %v", err)
	}
}
