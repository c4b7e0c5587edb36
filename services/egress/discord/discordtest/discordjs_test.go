package discordtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/foreigntest"
	"github.com/bonychat/puente/services/egress/discord/discordtest"
)

// TestDiscordJS has a bot of discord.js, which nobody here wrote, judge the stand-in: it logs in, hears and answers, and resumes its
// session after the connection has ended in three ways. It is asked for by PUENTE_DISCORD, since it installs packages; .ci/run asks.
func TestDiscordJS(t *testing.T) {
	if os.Getenv("PUENTE_DISCORD") == "" {
		t.Skip("PUENTE_DISCORD is not set")
	}
	d := discordtest.New()
	t.Cleanup(d.Close)
	bot := startBot(t, d.URL)
	const ana, leo = "200000000000000005", "200000000000000006"
	type message struct{ ID, Author, Text, Error string }
	var want, heard []message
	for i, code := range []int{0, 4000, 4009} { // none, any error, and a time-out
		for _, person := range []string{ana, leo} {
			d.Writes(person, fmt.Sprintf("hola %d 🙂", i))
			want = append(want, message{Author: person, Text: fmt.Sprintf("hola %d 🙂", i)})
		}
		await(t, "it heard all", func() bool { get(t, bot+"/heard", &heard); return len(heard) >= len(want) && len(d.Sent(leo)) > i })
		if n := d.Break(code); n != 1 {
			t.Errorf("%d connections were open", n)
		}
		d.Writes(ana, fmt.Sprintf("missed %d", i)) // while nobody listens
		want = append(want, message{Author: ana, Text: fmt.Sprintf("missed %d", i)})
		await(t, "it resumed", func() bool { get(t, bot+"/heard", &heard); return len(heard) >= len(want) })
	}
	for i := range heard {
		heard[i].ID = ""
	}
	if diff := cmp.Diff(want, heard); diff != "" {
		t.Errorf("discord.js heard:\n%s", diff)
	}
	if s := d.Sessions(); s.Begun != 1 || s.Resumed != 3 || s.AtOnce != 1 {
		t.Errorf("%+v", s)
	}
	await(t, "it answered all", func() bool { return len(d.Sent(ana)) == 6 && len(d.Sent(leo)) == 3 })
	for _, s := range append(d.Sent(ana), d.Sent(leo)...) {
		if s.Nonce == "" || len(s.Text) < len("you wrote: ") {
			t.Errorf("%+v", s)
		}
	}
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func get(t *testing.T, from string, v any) {
	t.Helper()
	resp, err := http.Get(from)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
		t.Fatal(err)
	}
}

// startBot installs discord.js into a folder of the test, and starts the bot.
func startBot(t *testing.T, api string) (at string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../internal/discordjs")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	free, err := foreigntest.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free)
	p, err := foreigntest.Start(ctx, exec.Command("node", filepath.Join(dir, "bot.cjs"), port, api), "http://"+free+"/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			t.Log(p.Log.String())
		}
	})
	return "http://" + free
}
