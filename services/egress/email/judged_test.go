package email_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net/mail"
	"os"
	"slices"
	"strings"
	"testing"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/email/emailtest"
)

// TestServers needs PUENTE_MAIL=1, root, and dovecot and exim4: see emailtest/servers.
func TestServers(t *testing.T) {
	if os.Getenv("PUENTE_MAIL") == "" {
		t.Skip("PUENTE_MAIL is not set: it runs real mail servers")
	}
	s := emailtest.StartServers(t)
	m := openAt(t, s, `, "receipts": "all"`)
	if err := m.sender.(provider.Checker).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	end := m.listen()

	t.Run("a mail of 25 MB comes whole", func(t *testing.T) {
		file := make([]byte, 18<<20)
		r := rand.NewChaCha8([32]byte{1})
		_, _ = r.Read(file)
		var body strings.Builder
		encoded := base64.StdEncoding.EncodeToString(file)
		for len(encoded) > 0 {
			n := min(76, len(encoded))
			body.WriteString(encoded[:n] + "\r\n")
			encoded = encoded[n:]
		}
		s.Write(t, "ana@example.test", "From: =?utf-8?q?Ana_Pe=C3=B1a?= <Ana@example.test>\r\nTo: soporte@example.test\r\nSubject: Pedido 7\r\nMessage-ID: <m1@client.example.test>\r\n"+
			"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n¿Dónde está?\r\n"+
			"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"plano.dwg\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"+body.String()+"--b--\r\n")
		events := m.until(func(all []provider.Event) bool { return len(all) >= 2 })
		if got := events[0].Content.GetText().GetBody(); got != "Pedido 7\n¿Dónde está?" {
			t.Errorf("the text is %q", got)
		}
		if events[0].Contact.GetAddress() != "ana@example.test" || events[0].Contact.GetProfile().GetFirstName() != "Ana Peña" {
			t.Errorf("the contact is %v", events[0].Contact)
		}
		f, err := m.sender.(provider.Fetcher).Fetch(t.Context(), events[1].Content.GetAttachment())
		if err != nil {
			t.Fatal(err)
		}
		defer f.Body.Close()
		got, err := io.ReadAll(f.Body)
		if err != nil || f.Name != "plano.dwg" || sha256.Sum256(got) != sha256.Sum256(file) {
			t.Errorf("%q has %d bytes of %d, the same: %v, %v", f.Name, len(got), len(file), bytes.Equal(got, file), err)
		}
	})
	t.Run("a mail to nobody fails with the server's reason", func(t *testing.T) {
		m.send("0190aaaa", "nadie@example.test", "Hola")
		r := m.receipt("0190aaaa-0")
		if r.Status != eventv1.Status_STATUS_FAILED || r.Reason.Code() != "unknown_address" {
			t.Errorf("the receipt is %v: %s", r.Status, r.Reason)
		}
		t.Log(r.Reason.String())
	})
	t.Run("a thread of ten mails stays one", func(t *testing.T) {
		known := map[string]bool{}
		last := ""
		for i := range 5 {
			s.Write(t, "ana@example.test", fmt.Sprintf("From: ana@example.test\r\nTo: soporte@example.test\r\nSubject: %sFactura num 9\r\nMessage-ID: <t%d@client.example.test>\r\n%s\r\nMail %d\r\n",
				map[bool]string{true: "Re: "}[i > 0], i, last, i))
			known[fmt.Sprintf("t%d@client.example.test", i)] = true
			want := fmt.Sprintf("Mail %d", i)
			m.until(func(all []provider.Event) bool {
				return slices.ContainsFunc(all, func(e provider.Event) bool {
					return strings.HasSuffix(e.Content.GetText().GetBody(), want)
				})
			})
			own := fmt.Sprintf("0190cc%02d", i)
			sent := m.send(own, "ana@example.test", "Respuesta")
			m.receipt(own + "-0")
			raw := s.Delivered(t, "ana", "Message-ID: <"+sent.Ref+">")
			if len(raw) != 1 {
				t.Fatalf("answer %d was delivered %d times", i, len(raw))
			}
			answer, err := mail.ReadMessage(strings.NewReader(raw[0]))
			if err != nil {
				t.Fatal(err)
			}
			references := strings.Fields(answer.Header.Get("References"))
			for id := range known {
				if !slices.Contains(references, "<"+id+">") {
					t.Errorf("answer %d does not refer to %s: %v", i, id, references)
				}
			}
			if got := answer.Header.Get("In-Reply-To"); got != fmt.Sprintf("<t%d@client.example.test>", i) {
				t.Errorf("answer %d answers %s", i, got)
			}
			if got := answer.Header.Get("Subject"); got != "Re: Factura num 9" {
				t.Errorf("the subject of answer %d is %q", i, got)
			}
			known[sent.Ref] = true
			last = fmt.Sprintf("In-Reply-To: <%s>\r\nReferences: %s <%s>\r\n", sent.Ref, answer.Header.Get("References"), sent.Ref)
		}
	})
	t.Run("a mail that arrives is delivered", func(t *testing.T) {
		sent := m.send("0190bbbb", "ana@example.test", ".Hola Ana\n\n.\n👋 "+strings.Repeat("larga ", 300))
		if r := m.receipt("0190bbbb-0"); r.Status != eventv1.Status_STATUS_DELIVERED {
			t.Errorf("the receipt is %v: %s", r.Status, r.Reason)
		}
		t.Log(sent.Ref)
	})
	t.Run("new UIDs lose nothing and double nothing", func(t *testing.T) {
		end()
		before := keys(m.events)
		s.Renumber(t, "soporte")
		s.Write(t, "ana@example.test", "From: ana@example.test\r\nSubject: Nuevo\r\nMessage-ID: <n1@client.example.test>\r\n\r\nUIDs nuevos\r\n")
		m.events = nil
		validity, _, _ := strings.Cut(m.cursor, ":")
		m.listen()
		// all are read again, in whatever order Dovecot has numbered them
		events := m.until(func(all []provider.Event) bool { return len(keys(all)) > len(before) })
		if strings.HasPrefix(m.cursor, validity+":") {
			t.Fatalf("UIDVALIDITY is still %s", validity)
		}
		for key := range keys(events) {
			if !before[key] && !strings.HasPrefix(key, "n1@client.example.test~") {
				t.Errorf("%s has another key than before", key)
			}
		}
	})
}

// keys are those of events.
func keys(events []provider.Event) map[string]bool {
	all := map[string]bool{}
	for _, e := range events {
		if e.Key != "" {
			all[e.Key] = true
		}
	}
	return all
}
