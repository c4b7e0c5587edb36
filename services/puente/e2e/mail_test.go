package e2e_test

import (
	"fmt"
	"net/mail"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/egress/email/emailtest"
)

// TestMailAtRealServers: a mailbox of Dovecot and Exim through the whole program, with kill -9 in between. It needs PUENTE_MAIL=1, root, and
// both servers: see services/egress/email/emailtest.
func TestMailAtRealServers(t *testing.T) {
	if os.Getenv("PUENTE_MAIL") == "" {
		t.Skip("PUENTE_MAIL is not set: it runs real mail servers")
	}
	s := emailtest.StartServers(t)
	t.Setenv("SSL_CERT_FILE", s.Certificate)
	br := &bridge{platform: newPlatform(t, map[string]string{"A": tokenA})}
	br.program = start(t, fmt.Sprintf(`
  - id: A
    network: email
    contact_id: custom
    platform: {webhook_url: "%s/A", api_token: %q}
    account: {address: soporte@example.test, imap: "imaps://%s", smtp: "smtp://%s", password: s3cret-p, from: beginning, receipts: all}
`, br.platform.URL, tokenA, s.IMAP, s.SMTP))
	writes := func(who, id, more, text string) {
		s.Write(t, who, fmt.Sprintf("From: %s\r\nTo: soporte@example.test\r\nSubject: Re: Pedido\r\nMessage-ID: <%s@client.example.test>\r\n%s\r\n%s\r\n", who, id, more, text))
	}
	contact := func(text string) (id string) {
		eventually(t, "the platform has "+text, func() bool {
			br.platform.events(func(post customchannel.Post, e customchannel.Event) bool {
				if e.Message != nil && e.Message.Text == text {
					id = post.ContactID
				}
				return false
			})
			return id != ""
		})
		return id
	}
	answers := func(to, text string) (mID string) {
		body := map[string]any{"channelId": "A", "contactId": to, "message": map[string]any{"type": "text", "text": text}}
		eventually(t, "it is taken", func() bool { mID = br.send("Bearer "+tokenA, body).mID; return mID != "" })
		return mID
	}

	t.Run("a thread, through a kill", func(t *testing.T) {
		var want []string
		last := ""
		for i := range 4 {
			text := fmt.Sprintf("%s %d", marker, i)
			if i == 2 {
				br.signal(syscall.SIGKILL)
			}
			writes("ana@example.test", fmt.Sprint("k", i), last, text)
			if i == 2 {
				br.run()
			}
			want = append(want, text)
			ana := contact(text)
			mID := answers(ana, fmt.Sprintf("%s respuesta %d", marker, i))
			eventually(t, "it is delivered", func() bool { return slices.Contains(br.platform.statuses(mID), "delivered") })
			raw := s.Delivered(t, "ana", fmt.Sprintf("%s respuesta %d", marker, i))
			if len(raw) != 1 {
				t.Fatalf("answer %d is there %d times", i, len(raw))
			}
			answer, err := mail.ReadMessage(strings.NewReader(raw[0]))
			if err != nil {
				t.Fatal(err)
			}
			if got := answer.Header.Get("In-Reply-To"); got != fmt.Sprintf("<k%d@client.example.test>", i) || !strings.Contains(answer.Header.Get("References"), "<k0@client.example.test>") {
				t.Errorf("answer %d stands in another thread: %s", i, answer.Header)
			}
			id := answer.Header.Get("Message-ID")
			last = fmt.Sprintf("In-Reply-To: %s\r\nReferences: %s %s\r\n", id, answer.Header.Get("References"), id)
			if diff := cmp.Diff(want, eventTexts(br.platform.messages("A", ana))); diff != "" {
				t.Errorf("the platform has (-want +got):\n%s", diff)
			}
		}
	})
	t.Run("a mailbox that is not there", func(t *testing.T) {
		writes("nadie@example.test", "n0", "", marker+" de nadie")
		mID := answers(contact(marker+" de nadie"), marker+" a nadie")
		var said string
		eventually(t, "it fails", func() bool {
			for _, e := range br.platform.events(func(_ customchannel.Post, e customchannel.Event) bool {
				return e.Type == customchannel.EventStatus && e.MID == mID
			}) {
				if e.Status.Value == "failed" {
					said = e.Status.Message
				}
			}
			return said != ""
		})
		if !strings.Contains(said, "no existe ningún buzón con esta dirección (550 5.1.1)") {
			t.Errorf("the agent reads %q", said)
		}
		t.Log(said)
	})
	for _, private := range []string{"s3cret-p", marker, "ana@example.test", "nadie@example.test"} {
		if strings.Contains(br.log(), private) {
			t.Errorf("the log holds %q", private)
		}
	}
}
