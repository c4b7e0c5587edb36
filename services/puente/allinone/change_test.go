package allinone

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bonychat/puente/services/puente/operate/exit"
)

// bots is a Bot API that knows one token. Its last question for who it is was asked with another, or not.
func bots(t *testing.T, good string) (url string, refused *atomic.Int64) {
	t.Helper()
	refused = &atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		if !strings.HasPrefix(r.URL.Path, "/bot"+good+"/") {
			refused.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"ok":false,"error_code":401,"description":"Unauthorized"}`)
			return
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/getMe"):
			_, _ = io.WriteString(w, `{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"x","username":"x_bot"}}`)
		default:
			_, _ = io.WriteString(w, `{"ok":true,"result":{"url":"","pending_update_count":0}}`)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, refused
}

// An operator puts a credential in that is good, in place of one that the network refuses: by the command, into the file that the bridge
// reads, which takes it up. What the network refuses is not written before it is asked for.
func TestAnOperatorChangesACredential(t *testing.T) {
	t.Parallel()
	const bad, good = "111:bad-bad-bad-bad-bad", "222:good-good-good-good"
	api, refused := bots(t, good)
	channel := func(id string) string {
		return "- id: " + id + " # mine\n  network: telegram\n  contact_id: custom\n  platform: {webhook_url: \"http://127.0.0.1:1/w\", api_token: t0ken_of_" + id + "_0123}\n" +
			"  account: {token: \"" + bad + "\", secret_token: s3cret-0123456789-" + id + ", api: \"" + api + "\"}\n"
	}
	file := upWith(t, withoutChannels+"channels:\n"+channel("A")+channel("B"))
	run := func(in string, args ...string) (out string, status int) {
		t.Helper()
		var said, errs bytes.Buffer
		status = carryOutFrom(strings.NewReader(in), builtIn, append(args, "-f", file, "--lang", "en"), &said, &errs)
		return said.String() + errs.String(), status
	}
	read := func() string {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	var out string
	status := exit.Failed
	for range 600 { // the API is there a moment after the process
		if out, status = run("", "channels", "A"); status == exit.OK {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	before := read()
	if out, status = run("333:other-other-other-other\n", "change", "A", "--secret", "token"); status != exit.NeedsYou || !strings.Contains(out, "refuses the bot's token") || !strings.Contains(out, "--unasked") || read() != before || strings.Contains(out, "333:") {
		t.Fatalf("status %d: %s", status, out)
	}
	if out, status = run(good+"\n", "change", "A", "--secret", "token", "--dry-run"); status != exit.OK || !strings.Contains(out, "account.token") || read() != before {
		t.Errorf("status %d: %s", status, out)
	}
	if out, status = run("", "change", "A", "api=https://mine.example", "--dry-run"); status != exit.Usage || !strings.Contains(out, "must be given again") {
		t.Errorf("to an address of somebody's own: status %d: %s", status, out)
	}
	if out, status = run("", "change", "A", "--secret", "token"); status != exit.Usage || !strings.Contains(out, "standard input has no value of token") {
		t.Errorf("nothing typed: status %d: %s", status, out)
	}
	if out, status = run(good+"\n", "change", "A", "--secret", "token", "locale=en"); status != exit.OK || !strings.Contains(out, "A is changed in the file") {
		t.Fatalf("status %d: %s", status, out)
	}
	text := read()
	if strings.Count(text, bad) != 1 || strings.Contains(text, good) || !strings.Contains(text, "- id: A # mine") || !strings.Contains(text, "file:secrets/A/account.token") || !strings.Contains(text, "  locale: en\n") {
		t.Errorf("%s", text)
	}
	was := refused.Load()
	for range 600 { // taken up
		if out, status = run("", "check", "A"); strings.Contains(out, "credentials  good") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if !strings.Contains(out, "credentials  good") {
		t.Errorf("it is not taken up: %s (%d refused before, %d now)", out, was, refused.Load())
	}
	if out, status = run("", "remove", "B"); status != exit.Failed || !strings.Contains(out, "say --yes to take B out") || read() != text {
		t.Errorf("status %d: %s", status, out)
	}
	if out, status = run("", "remove", "B", "--yes"); status != exit.OK || !strings.Contains(out, "B is taken out of the file") || strings.Contains(read(), "t0ken_of_B") {
		t.Errorf("status %d: %s", status, out)
	}
	for range 600 {
		if _, status = run("", "channels", "B"); status == exit.NotFound {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if status != exit.NotFound {
		t.Errorf("it is still there: %d", status)
	}
	if out, status = run("", "remove", "A", "--yes"); status != exit.Failed || !strings.Contains(out, "it is the only channel") {
		t.Errorf("the last: status %d: %s", status, out)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), "secrets", "A", "account.token")); err != nil {
		t.Error(err)
	}
}
