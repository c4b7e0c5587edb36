package natsconf_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

// Under the written accounts everything goes on that goes on without them, and nobody asks for more than it has.
func TestServicesWorkUnderTheirRights(t *testing.T) {
	t.Parallel()
	servers := []int{1}
	if os.Getenv("PUENTE_LONG") != "" {
		servers = append(servers, 3)
	} else {
		t.Log("one server; PUENTE_LONG=1 tries a cluster of three as well")
	}
	for _, n := range servers {
		t.Run(fmt.Sprintf("%d servers", n), func(t *testing.T) {
			d := newDeployment(t, n)
			services := []string{"translator", "egress-bonychat", "egress-telegram", "ingress", "control"}
			for _, name := range services {
				d.run(name)
			}
			d.bot.Register(telegramtest.Webhook{URL: "http://" + d.public + "/webhooks/telegram/T", SecretToken: botSecret})
			d.bothWays(1)
			d.attachment()
			d.shown(t, append(services, "puente"))
			// who works for operators is answered out of a network's account
			for _, name := range []string{"puente", "control"} {
				if _, err := d.enter(name).Request(topology.DecodeSubject("telegram"), nil, 20*time.Second); err != nil {
					t.Errorf("%s asks: %v", name, err)
				}
			}
			for i, name := range []string{"translator", "egress-bonychat", "egress-telegram", "ingress"} {
				d.end(name, d.running[name])
				d.run(name)
				d.bothWays(2 + i)
			}
			if refused := d.refused.all(); len(refused) > 0 {
				t.Errorf("refused:\n%s", strings.Join(refused, "\n"))
			}
		})
	}
}

// bothWays has a contact write, and be answered with a short text and one that is split; the platform is told that they were
// sent.
func (d *deployment) bothWays(round int) {
	d.t.Helper()
	contact := int64(100 + round)
	id := fmt.Sprint(contact)
	d.deliver(d.bot.Text(contact, "hola"))
	d.send(id, "buenas")
	d.send(id, strings.Repeat("largo ", 1100)) // over Telegram's 4,096 characters
	d.eventually(60*time.Second, "the contact has all", func() bool { return len(d.bot.Messages(contact)) >= 3 })
	d.eventually(60*time.Second, "the platform has the message and what became of the answers", func() bool {
		messages, sent := 0, 0
		for _, e := range d.platform.events(id) {
			switch {
			case e.Type != customchannel.EventStatus:
				messages++
			case e.Status.Value == customchannel.StatusSent:
				sent++
			}
		}
		return messages == 1 && sent == 2
	})
}

// attachment has a contact send a photo, which the platform can fetch.
func (d *deployment) attachment() {
	d.t.Helper()
	picture := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 300_000)...)
	d.bot.AddFile("file-1", telegramtest.File{Path: "photos/file_1.png", Data: picture})
	update := d.bot.Text(83, "")
	m := update["message"].(map[string]any)
	delete(m, "text")
	m["photo"] = []map[string]any{{"file_id": "file-1", "file_unique_id": "u1", "width": 90, "height": 90, "file_size": len(picture)}}
	d.deliver(update)
	d.eventually(60*time.Second, "the photo", func() bool { return len(d.platform.events("83")) == 1 })
	a := d.platform.events("83")[0].Message.Attachment
	if a == nil {
		d.t.Fatal("no attachment")
	}
	resp, err := http.Get(a.URL)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if got, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(got, picture) {
		d.t.Errorf("the photo: %s, %d bytes, %v", resp.Status, len(got), err)
	}
}
