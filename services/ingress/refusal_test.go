package ingress_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/ingress"
)

// strangers are ways to call an address, without the credential of any channel.
func strangers(address string) map[string]func(*edge) answer {
	calls := map[string]func(*edge) answer{}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodHead, "INVENTED"} {
		for name, header := range map[string]http.Header{
			"nothing": nil, "a wrong token": {"X-Test-Token": {"nonsense"}}, "an empty token": {"X-Test-Token": {""}}, "two tokens": {"X-Test-Token": {"a", "b"}},
			"a signature": {"X-Signature": {"00ff"}, "X-Time": {"1"}, "X-Once": {"1"}}, "no signature": {"X-Signature": {"zz"}},
			"bearer": {"Authorization": {"Bearer nonsense"}}, "another channel's token": {"Authorization": {"Bearer " + token(phone)}},
		} {
			for _, body := range []string{"", `{"type": 1}`, strings.Repeat("x", 1001)} {
				for _, query := range []string{"", "?mode=subscribe&verify=nonsense&challenge=1", "?mode=subscribe&challenge=1"} {
					calls[fmt.Sprint(method, ", ", name, ", ", len(body), " bytes", query)] = func(e *edge) answer {
						return e.call(method, address+query, header.Clone(), body)
					}
				}
			}
		}
	}
	return calls
}

// TestAnswersDoNotTellWhichChannelsThereAre: a channel is answered as an id that nobody has, whoever asks.
func TestAnswersDoNotTellWhichChannelsThereAre(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ there, not string }{
		"a token":                         {"/webhooks/testnet/" + custom, "/webhooks/testnet/none"},
		"behind it":                       {"/webhooks/testnet/" + custom + "/a/b", "/webhooks/testnet/none/a/b"},
		"a channel of another network":    {"/webhooks/testnet/" + custom, "/webhooks/testnet/" + homeless},
		"an id that none can have":        {"/webhooks/testnet/" + custom, "/webhooks/testnet/" + strings.Repeat("%2A", 2000)},
		"a signature":                     {"/webhooks/silent/" + undeclared, "/webhooks/silent/none"},
		"a network that makes no calls":   {"/webhooks/polled/" + polled, "/webhooks/polled/none"},
		"the platform's calls":            {"/channels/" + custom + "/message", "/channels/none/message"},
		"the platform's, behind its path": {"/channels/" + custom + "/message/", "/channels/none/message/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t, func(o *ingress.Options) { o.PublicURL, o.WrongAtOnce = public, 1<<30 })
			e.declare("silent", signedPolicy)
			eventually(t, "the network is declared", func() bool { return e.in.Undeclared(t.Context()) == nil })
			there, not := strangers(test.there), strangers(test.not)
			for call := range there {
				a, b := there[call](e), not[call](e)
				a.header.Del("Date")
				b.header.Del("Date")
				if diff := cmp.Diff(a, b, cmp.AllowUnexported(answer{})); diff != "" {
					t.Errorf("%s is told from an id that nobody has:\n%s", call, diff)
				}
				if a.status < 400 {
					t.Errorf("%s: %d", call, a.status)
				}
			}
		})
	}
}

func TestUndeclaredNetworksDoNotTellTheirChannels(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, id := range []string{undeclared, "none"} {
		if status := e.calling("silent", id, secret); status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", id, status)
		}
	}
}

// from calls as another caller, whom a trusted proxy names.
func from(caller string, header http.Header) http.Header {
	h := header.Clone()
	h.Set("X-Forwarded-For", caller)
	return h
}

func TestWrongCredentialsOfOneCallerAreBounded(t *testing.T) {
	t.Parallel()
	wrong := map[string]func(*edge, string) answer{
		"tokens": func(e *edge, caller string) answer {
			return e.call(http.MethodPost, "/message", from(caller, http.Header{"Authorization": {"Bearer nonsense"}}), textTo("ana", "Hola"))
		},
		"webhook calls": func(e *edge, caller string) answer {
			return e.call(http.MethodPost, "/webhooks/testnet/"+custom, from(caller, http.Header{"X-Test-Token": {"nonsense"}}), "{}")
		},
		"calls to nobody": func(e *edge, caller string) answer {
			return e.call(http.MethodPost, "/webhooks/testnet/none", from(caller, http.Header{"X-Test-Token": {"nonsense"}}), "{}")
		},
	}
	for name, call := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t, func(o *ingress.Options) {
				o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
				o.WrongAtOnce = 5
			})
			const stranger = "2001:db8:1:2::1"
			for i := range 5 {
				if a := call(e, stranger); a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
					t.Errorf("%d: %d", i, a.status)
				}
			}
			refused := 0
			for i := range 300 { // one a second may be answered
				if a := call(e, fmt.Sprintf("2001:db8:1:2::%x", i)); a.status == http.StatusTooManyRequests {
					if refused++; a.header.Get("Retry-After") == "" {
						t.Error("not told when to come back")
					}
					a.refusal(t)
				}
			}
			if refused < 200 {
				t.Errorf("%d of 300 are over the bound", refused)
			}
			if a := call(e, "2001:db8:1:3::1"); a.status == http.StatusTooManyRequests {
				t.Error("another caller is refused for it")
			}
			e.call(http.MethodPost, "/message", from(stranger, http.Header{"Authorization": {"Bearer " + token(custom)}}), textTo("ana", "Hola")).mID(t)
			if a := e.call(http.MethodPost, "/webhooks/testnet/"+custom, from(stranger, http.Header{"X-Test-Token": {secret}}), "{}"); a.status != http.StatusAccepted {
				t.Errorf("the right secret of a caller over its bound: %d", a.status)
			}
			if lines := strings.Count(e.log.String(), "level=WARN"); lines < 3 || lines > 15 {
				t.Errorf("%d lines in the log for 300 refusals", lines)
			}
		})
	}
}

// TestRefusedMessagesLeaveALine: who, which channel and why, but not what was written.
func TestRefusedMessagesLeaveALine(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	const private = "zanahoria"
	bearer := http.Header{"Authorization": {"Bearer " + token(custom)}}
	post := func(header http.Header, path, body string) {
		if a := e.call(http.MethodPost, path, header, body); a.status < 400 {
			t.Errorf("%s: %d", body, a.status)
		}
	}
	for range 250 {
		post(bearer, "/message", textTo(private+" "+private, private))
	}
	post(http.Header{"Authorization": {"Bearer " + private}}, "/message", textTo("ana", private))
	post(bearer, "/message", `{"contactId": "ana", "`+private+`": "`+strings.Repeat(private, 40_000)+`"}`)
	post(bearer, "/channels/"+private+"/message", textTo("ana", private))
	log := e.log.String()
	for line, want := range map[string]int{
		`status=400 why="contactId: must be`: 3, "times=101\n": 1, "times=201\n": 1,
		`status=401 why="the API token is missing or wrong`: 1, "status=413": 1, `why="the API token is not that of the channel in the path"`: 1,
		"channel=" + custom: 5, private: 0, token(custom): 0,
	} {
		if got := strings.Count(log, line); got != want {
			t.Errorf("%q stands %d times in the log, want %d", line, got, want)
		}
	}
	if !strings.Contains(log, "caller=127.0.0.1") {
		t.Error("the log does not say who called")
	}
}
