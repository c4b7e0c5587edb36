package line_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/line"
	"github.com/bonychat/puente/services/egress/line/linetest"
)

// What LINE signs with this account's secret is admitted, and nothing else; also after the policy's way through JSON.
func TestPolicy(t *testing.T) {
	wire, err := json.Marshal(line.Network.Webhook)
	if err != nil {
		t.Fatal(err)
	}
	var travelled webhook.Policy
	if err := json.Unmarshal(wire, &travelled); err != nil {
		t.Fatal(err)
	}
	ours, theirs := linetest.NewServer(token, secret), linetest.NewServer(token, "channel-secret-2")
	defer ours.Close()
	defer theirs.Close()
	body := ours.Body(ours.Text(linetest.User(1), "hola 👋🏽"))
	right := ours.Signature(body)
	altered := append([]byte(nil), body...)
	altered[len(altered)/2] ^= 1
	empty := ours.Body()

	for name, policy := range map[string]webhook.Policy{"declared": *line.Network.Webhook, "travelled": travelled} {
		for _, test := range []struct {
			name, method, signature string
			body                    []byte
			want                    webhook.Cause
			handshake               bool
		}{
			{"a right call", "POST", right, body, webhook.Authentic, false},
			{"a probe", "POST", ours.Signature(empty), empty, webhook.Authentic, true},
			{"no signature", "POST", "", body, webhook.Unsigned, false},
			{"a probe without a signature", "POST", "", empty, webhook.Unsigned, false},
			{"a body that was altered", "POST", right, altered, webhook.Forged, false},
			{"another channel's secret", "POST", theirs.Signature(body), body, webhook.Forged, false},
			{"a probe with another channel's secret", "POST", theirs.Signature(empty), empty, webhook.Forged, false},
			{"a signature of something else", "POST", ours.Signature(empty), body, webhook.Forged, false},
			{"a signature that was cut", "POST", right[:len(right)-4], body, webhook.Forged, false},
			{"no base64", "POST", "%%%", body, webhook.Forged, false},
			{"another method", "GET", right, body, webhook.Method, false},
		} {
			t.Run(name+"/"+test.name, func(t *testing.T) {
				call := webhook.Call{Method: test.method, Header: http.Header{}, Body: test.body}
				if test.signature != "" {
					call.Header.Set("X-Line-Signature", test.signature)
				}
				v := policy.Examine(call, webhook.Secrets{"channel_secret": {secret}})
				if v.Cause != test.want || v.Handshake != test.handshake {
					t.Errorf("cause %q, handshake %t; want %q, %t", v.Cause, v.Handshake, test.want, test.handshake)
				}
				if test.handshake && v.Answer.Status != http.StatusOK {
					t.Errorf("answer %+v", v.Answer)
				}
				if policy.Check(call, webhook.Secrets{}) == webhook.Authentic {
					t.Error("admitted without a secret")
				}
			})
		}
	}
}

// A secret that is being rotated admits as the new one does.
func TestPolicyTakesEverySecretThatIsAlive(t *testing.T) {
	old := linetest.NewServer(token, "channel-secret-0")
	defer old.Close()
	body := old.Body(old.Text(linetest.User(1), "hola"))
	call := webhook.Call{Method: "POST", Header: http.Header{"X-Line-Signature": {old.Signature(body)}}, Body: body}
	if cause := line.Network.Webhook.Check(call, webhook.Secrets{"channel_secret": {secret, "channel-secret-0"}}); cause != webhook.Authentic {
		t.Errorf("cause %q", cause)
	}
}
