package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bonychat/puente/services/ingress"
)

// sizes of what a stranger writes, in bytes: over the broker's control line (4 kB), and up to what the server reads of a
// request's head.
var sizes = []int{4 << 10, 8 << 10, 30 << 10}

// request is the head of a request, without its end.
type request struct{ name, head string }

// requests puts a text at every place of a path: each segment, one after the last, the query, its key and its value,
// headers that are known and one that is not, and a cookie. plain is the path with its names filled in.
func requests(method, plain, text string) (all []request) {
	add := func(name, path, headers string) {
		all = append(all, request{fmt.Sprintf("%s %s, %s", method, plain, name), method + " " + path + " HTTP/1.1\r\n" + headers})
	}
	segments := strings.Split(strings.TrimPrefix(plain, "/"), "/")
	for i := range segments {
		changed := slices.Clone(segments)
		changed[i] = text
		add(fmt.Sprint("segment ", i), "/"+strings.Join(changed, "/"), "")
	}
	add("behind the path", plain+"/"+text, "")
	add("query", plain+"?"+text, "")
	add("query's value", plain+"?token="+text, "")
	for _, header := range []string{
		"Authorization: Bearer ", "Authorization: Basic ", "X-Telegram-Bot-Api-Secret-Token: ", "X-Hub-Signature-256: sha256=", "Traceparent: ", "Tracestate: a=",
		"X-Forwarded-For: ", "Range: bytes=", "If-None-Match: ", "If-Range: ", "Content-Type: ", "Cookie: a=", "User-Agent: ", "X-Unknown: ",
	} {
		add("header "+header, plain, header+text+"\r\n")
	}
	return all
}

// throw throws long texts of several kinds at every place of a path, with a body where the method has one. refused says
// which answers a stranger must not get.
func throw(t *testing.T, side, plain, body string, refused func(status int) bool) (thrown int) {
	t.Helper()
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead} {
		for _, size := range sizes {
			for kind, unit := range map[string]string{"letters": "a", "digits": "0", "dots": "a.", "wildcards": "*.>", "escapes": "%2A", "line ends": "%0D%0A"} {
				for _, r := range requests(method, plain, strings.Repeat(unit, size/len(unit))) {
					thrown++
					sent := body
					if method != http.MethodPost {
						sent = ""
					}
					if status := one(t, strings.TrimPrefix(side, "http://"), r, sent); refused(status) {
						t.Errorf("%s, %d bytes of %s: answered %d", r.name, size, kind, status)
					}
				}
			}
		}
	}
	return thrown
}

// one sends a request on a connection of its own, and reads the answer's status; 0 where the connection ended without
// one, which the server may choose for a head that is too large.
func one(t *testing.T, address string, r request, body string) int {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		t.Fatalf("%s: nobody listens any more: %v", r.name, err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := fmt.Fprintf(conn, "%sHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", r.head, address, len(body), body); err != nil {
		return 0
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// unharmed looks for signs in a log that the broker was reached, or that long texts are written down.
func unharmed(t *testing.T, log string) {
	t.Helper()
	for _, sign := range []string{"broker disconnected", "broker error", `"level":"ERROR"`, "level=ERROR", "panic", strings.Repeat("a", 200), strings.Repeat("0", 200)} {
		if at := strings.Index(log, sign); at >= 0 {
			t.Errorf("the log holds %q: …%s…", sign[:min(len(sign), 30)], log[max(0, at-200):min(len(log), at+300)])
		}
	}
}

// TestWhatAStrangerWritesHarmsNothing: long texts at every place of every path of the program, public and internal, then
// it still lives, is ready, and carries both ways.
func TestWhatAStrangerWritesHarmsNothing(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	fill := strings.NewReplacer("{network}", "telegram", "{channel}", "A", "{id}", strings.Repeat("0", 32), "/{suffix...}", "")
	thrown := 0
	for _, path := range append(ingress.Routes(), "/") {
		thrown += throw(t, br.url, fill.Replace(path), "{}", func(status int) bool { return status >= 500 || status == http.StatusOK })
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		thrown += throw(t, br.internal, path, "", func(status int) bool {
			return status >= 500 && (path != "/readyz" || status != http.StatusServiceUnavailable) // which a busy machine may cause
		})
	}
	t.Logf("%d requests", thrown)
	br.runs[0].ready("the program") // fails where the process has ended
	unharmed(t, br.log())
	br.deliver(br.a, br.a.Text(7, marker))
	br.sendText(tokenA, "A", 8, marker)
	eventually(t, "a message came in", func() bool { return len(br.platform.messages("A", "7")) == 1 })
	if _, err := br.a.Wait(t.Context(), 8, 1); err != nil {
		t.Error(err)
	}
	if status := br.signal(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// TestWhatAVisitorWritesHarmsNoDemonstration: its page has no password, and what is written there goes through the bridge.
func TestWhatAVisitorWritesHarmsNoDemonstration(t *testing.T) {
	t.Parallel()
	listen, internal := freePort(t), freePort(t)
	p := launchProcess(t, binary, "http://"+internal, "up", "--listen", listen, "--internal", internal)
	p.ready("puente up")
	for _, path := range []string{
		"/sandbox/api/agent/demo/ana/messages", "/sandbox/api/phone/demo/ana/messages", "/sandbox/bonychat/webhook", "/sandbox/phone/demo/messages",
		"/sandbox/files/a.png",
	} {
		throw(t, "http://"+listen, path, `{"type":"text","text":"hola"}`, func(status int) bool { return status >= 500 })
	}
	p.ready("puente up")
	unharmed(t, p.log())
	const messages = "/demo/eva/messages"
	has := func(side, text string) bool {
		resp, err := http.Get("http://" + listen + "/sandbox/api/" + side + messages)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return strings.Contains(string(body), text)
	}
	for from, to := range map[string]string{"phone": "agent", "agent": "phone"} {
		text := marker + " of the " + from
		resp, err := http.Post("http://"+listen+"/sandbox/api/"+from+messages, "application/json", strings.NewReader(`{"type":"text","text":"`+text+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		eventually(t, "the "+to+" has it", func() bool { return has(to, text) })
	}
}

// TestNoNetworkTellsItsChannels: with the real policies of the networks, an id that no channel has is answered as one that
// a channel has.
func TestNoNetworkTellsItsChannels(t *testing.T) {
	t.Parallel()
	far := newPlatform(t, nil)
	var channels strings.Builder
	for network, end := range farEnds {
		e := end(t)
		account, err := json.Marshal(e.account)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&channels, `
  - id: of-%[1]s
    network: %[1]s
    contact_id: %[2]s
    platform: {webhook_url: "%[3]s/%[1]s", api_token: "token-of-%[1]s-0123456789"}
    account: %[4]s
`, network, e.contactID, far.URL, account)
	}
	p := start(t, channels.String()+"trusted_proxies: [127.0.0.0/8]\n")
	wrong := http.Header{
		"X-Hub-Signature-256": {"sha256=" + strings.Repeat("0", 64)}, "X-Line-Signature": {"AAAA"}, "X-Twilio-Signature": {"AAAA"}, "Authorization": {"Basic YTpi"},
	}
	for network := range farEnds {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			for _, query := range []string{"", "?token=a&hub.mode=subscribe&hub.challenge=1&hub.verify_token=a"} {
				for _, header := range []http.Header{{}, wrong} {
					for _, body := range []string{"", `{"events":[]}`, "a=b"} {
						var answers []string
						for _, id := range []string{"of-" + network, "nobody"} {
							r, err := http.NewRequestWithContext(t.Context(), method, p.url+"/webhooks/"+network+"/"+id+query, strings.NewReader(body))
							if err != nil {
								t.Fatal(err)
							}
							r.Header = header.Clone()
							r.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", rand.IntN(256))) // within the bound of each
							r.Header.Set("Content-Type", map[bool]string{true: "application/json", false: "application/x-www-form-urlencoded"}[strings.HasPrefix(body, "{")])
							resp, err := http.DefaultClient.Do(r)
							if err != nil {
								t.Fatal(err)
							}
							text, _ := io.ReadAll(resp.Body)
							_ = resp.Body.Close()
							resp.Header.Del("Date")
							answers = append(answers, fmt.Sprint(resp.StatusCode, resp.Header, string(text)))
							if resp.StatusCode < 400 {
								t.Errorf("%s: %s is answered %d", r.Method, r.URL, resp.StatusCode)
							}
						}
						if answers[0] != answers[1] {
							t.Errorf("%s %s%s, body %q: %s for a channel, %s for nobody", method, network, query, body, answers[0], answers[1])
						}
					}
				}
			}
		}
	}
}
