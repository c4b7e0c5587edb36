package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/bonychat/puente/services/puente/ledger"
)

// stolen: what the seed of one network's service may not do. The whole list is tried by the tests of services/puente/natsconf.
func (b *bridge) stolen(t *testing.T) {
	option, err := nats.NkeyOptionFromSeed(filepath.Join(b.seeds, "egress-telegram.nk"))
	if err != nil {
		t.Fatal(err)
	}
	thief, err := nats.Connect(b.nats, option, nats.CustomInboxPrefix("_INBOX_egress-telegram"))
	if err != nil {
		t.Fatal(err)
	}
	defer thief.Close()
	// what the service itself may ask is answered: otherwise silence would show nothing
	if own, err := thief.Request("hub.api.STREAM.INFO.EGRESS_telegram", nil, 5*time.Second); err != nil || strings.Contains(string(own.Data), `"error"`) {
		t.Fatalf("the key is good for nothing: %v", err)
	}
	for _, request := range []string{
		"DIRECT.GET.KV_SECRETS.$KV.SECRETS.whatsapp.c0", "STREAM.MSG.GET.MESSAGES", "STREAM.MSG.GET.INDEX", "STREAM.MSG.GET.EGRESS_whatsapp", "STREAM.NAMES",
		"CONSUMER.CREATE.KV_SECRETS.x.$KV.SECRETS.whatsapp.*", "STREAM.CREATE.COPY", "STREAM.DELETE.MESSAGES", "STREAM.PURGE.EGRESS_whatsapp",
	} {
		for _, prefix := range []string{"hub.api.", "$JS.API."} {
			body := `{"seq":1}`
			if strings.HasPrefix(request, "CONSUMER") {
				body = `{"stream_name":"KV_SECRETS","config":{"name":"x","filter_subject":"$KV.SECRETS.whatsapp.*","ack_policy":"none","mem_storage":true}}`
			}
			answer, err := thief.Request(prefix+request, []byte(body), time.Second)
			if err == nil && !strings.Contains(string(answer.Data), `"error"`) {
				t.Errorf("%s%s is answered %d bytes", prefix, request, len(answer.Data))
			}
		}
	}
	for _, service := range []string{"egress-telegram", "egress-whatsapp", "ingress", "translator", "egress-bonychat"} {
		out := kubectl(t, "-n", messaging, "get", "deployment", "puente-"+service, "-o", "jsonpath={.spec.template.spec.volumes[?(@.name=='nats')].secret.items[*].key}")
		if out != service+".nk" {
			t.Errorf("%s is given %s", service, out)
		}
	}
}

// restores: a backup is taken, both namespaces and all volumes are lost, and the restored bridge knows contacts by the same ids and
// sends what waited.
func (b *bridge) restores(t *testing.T) {
	contact := b.writes(t, chat, "before the loss")
	kubectl(t, "-n", messaging, "scale", "deployment/puente-egress-telegram", "--replicas=0")
	eventually(t, 4*time.Minute, "nobody sends", func() bool {
		return kubectl(t, "-n", messaging, "get", "pods", "-l", "app.kubernetes.io/component=egress-telegram", "-o", "name") == ""
	})
	const waiting = "waits while everything is lost"
	if _, status := b.post(t, b.token, "T", contact, waiting); status != 200 {
		t.Fatalf("a message is answered %d", status)
	}
	time.Sleep(2 * time.Second) // it goes from MESSAGES to the network's queue; in either it is in the backup
	operator := write(t, "nats.yaml", fmt.Sprintf("nats: {url: %q, nkey: \"file:%s\"}\n", b.nats, filepath.Join(b.seeds, "puente.nk")))
	file := filepath.Join(t.TempDir(), "puente.backup")
	t.Log(command(t, 2*time.Minute, program(t), "backup", file, "-f", operator))

	remove(t, messaging)
	remove(t, broker)
	b.installNATS(t)
	operator = write(t, "nats.yaml", fmt.Sprintf("nats: {url: %q, nkey: \"file:%s\"}\n", b.nats, filepath.Join(b.seeds, "puente.nk")))
	said, err := try(t, 2*time.Minute, program(t), "restore", file, "-f", operator) // which changes nothing yet
	if err == nil || !strings.Contains(said, "1 waiting in EGRESS_telegram") {
		t.Fatalf("%v: %s", err, said)
	}
	t.Log(said)
	t.Log(command(t, 2*time.Minute, program(t), "restore", file, "-f", operator, "--yes"))
	b.install(t)
	b.answersOnce(t, waiting)
	if again := b.writes(t, chat, "after the loss"); again != contact {
		t.Errorf("the contact was %s, and is %s", contact, again)
	}
	b.session(t, ofLedger(100), func(ctx context.Context, s *ledger.Session) error {
		s.Drive(ctx, 5*time.Second)
		return nil
	})
}

// answersOnce waits until the contact has a text, and fails where it has it more than once.
func (b *bridge) answersOnce(t *testing.T, text string) {
	t.Helper()
	count := func() (n int) {
		for _, m := range b.far.telegram.Messages(chat) {
			if m.Text == text {
				n++
			}
		}
		return n
	}
	eventually(t, 2*time.Minute, "what waited is sent", func() bool { return count() > 0 })
	if n := count(); n != 1 {
		t.Errorf("it was sent %d times", n)
	}
}
