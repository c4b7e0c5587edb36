package natsconf_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/nkey"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/topology/rights"
	"github.com/bonychat/puente/services/puente/natsconf"
)

// mark stands in every message that a stolen credential must not read.
const mark = "TOP-SECRET-MARK"

// victim is a subject that is stored, and its stream.
type victim struct{ subject, stream string }

// victims are one or more subjects of every stream, those of a network that the thief does not serve.
var victims = []victim{
	{"message.1.whatsapp.W", "MESSAGES"}, {"state.W.1", "INDEX"}, {"mark.whatsapp.W.1", "INDEX"}, {"journal.whatsapp.W", "JOURNAL"},
	{"dead.egress-whatsapp.whatsapp.W", "DEAD"}, {"dead.egress-telegram.whatsapp.W", "DEAD"}, {"audit.1", "AUDIT"}, {"sent.whatsapp.W.k", "SENT"}, {"file.whatsapp.W.info", "FILES"}, {"egress.whatsapp.1.W", "EGRESS_whatsapp"}, {"egress.bonychat.1.W", "EGRESS_bonychat"},
	{"outcome.whatsapp.1.W.k", "OUTCOMES_whatsapp"}, {"outcome.bonychat.1.W.k", "OUTCOMES_bonychat"}, {"webhook.whatsapp.1.W", "WEBHOOKS_whatsapp"},
	{"$KV.SECRETS.whatsapp.W", "KV_SECRETS"}, {"$KV.SECRETS.bonychat.W", "KV_SECRETS"}, {"$KV.SECRETS.verify.whatsapp.W", "KV_SECRETS"},
	{"$KV.SECRETS.digest", "KV_SECRETS"}, {"$KV.CHANNELS.state.whatsapp.W", "KV_CHANNELS"}, {"$KV.CHANNELS.channel.whatsapp.W", "KV_CHANNELS"},
	{"$KV.CHANNELS.settings.W", "KV_CHANNELS"}, // as earlier versions had it
	{"$KV.CONTACTS.W.1", "KV_CONTACTS"}, {"$KV.CONTEXT.W.1", "KV_CONTEXT"}, {"$KV.REPLIES.whatsapp.W.1.k", "KV_REPLIES"},
	{"$KV.STATE.whatsapp.W", "KV_STATE"}, {"$KV.CONTACTS.kept.whatsapp.W.1", "KV_CONTACTS"},
	{"$KV.LEASES.unit.egress-whatsapp.W", "KV_LEASES"}, {"$KV.NETWORKS.whatsapp", "KV_NETWORKS"},
}

// own is a stream on which each thief may make consumers, with a filter that it has a right to, and a subject of it.
var own = map[string]struct{ stream, filter, subject string }{
	"ingress":         {"KV_NETWORKS", "$KV.NETWORKS.*", "$KV.NETWORKS.telegram"},
	"translator":      {"OUTCOMES_telegram", "outcome.telegram.*.>", "outcome.telegram.1.T.mine"},
	"egress-bonychat": {"EGRESS_bonychat", "egress.bonychat.*.>", "egress.bonychat.1.T"},
	"egress-telegram": {"WEBHOOKS_telegram", "webhook.telegram.*.>", "webhook.telegram.1.T"},
}

// thief is somebody with a stolen seed.
type thief struct {
	t      *testing.T
	d      *deployment
	nc     *nats.Conn
	rights rights.Set

	answers *nats.Subscription
	asked   []question // by the number at the end of the subject that is answered
}

// question is a request that should not be answered, and what is wrong with an answer; "" for nothing.
type question func(answer []byte) string

// TestAStolenCredentialReadsAndWritesNothingElse tries with each credential what it has no right to, in every form that is known.
func TestAStolenCredentialReadsAndWritesNothingElse(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, 1)
	operator := d.enter("puente")
	js, err := jetstream.New(operator)
	if err != nil {
		t.Fatal(err)
	}
	seeded := append(slices.Clone(victims), victim{"webhook.telegram.1.T", ""}, victim{"outcome.telegram.1.T.mine", ""}, victim{"egress.bonychat.1.T", ""}, victim{"$KV.NETWORKS.telegram", ""})
	for _, v := range seeded {
		if v.subject == "$KV.SECRETS.digest" {
			continue // there already
		}
		if _, err := js.Publish(t.Context(), v.subject, []byte(mark)); err != nil {
			t.Fatalf("%s: %v", v.subject, err)
		}
	}
	for _, r := range rights.Of(both) {
		if _, ok := own[r.Service]; !ok {
			continue
		}
		t.Run(r.Service, func(t *testing.T) {
			x := &thief{t: t, d: d, nc: d.enter(r.Service), rights: r}
			var err error
			if x.answers, err = x.nc.SubscribeSync("_INBOX_" + r.Service + ".t.*"); err != nil {
				t.Fatal(err)
			}
			x.narrow()
			x.reads()
			x.changes(js)
			x.writes(js)
			x.hears(operator)
		})
	}
}

// enter connects with the seed of a service.
func (d *deployment) enter(name string) *nats.Conn {
	d.t.Helper()
	data, err := os.ReadFile(filepath.Join(d.seeds, natsconf.SeedFile(name)))
	if err != nil {
		d.t.Fatal(err)
	}
	seed := strings.TrimSpace(string(data))
	public, err := nkey.Public(seed)
	if err != nil {
		d.t.Fatal(err)
	}
	nc, err := nats.Connect(d.url, nats.Nkey(public, func(nonce []byte) ([]byte, error) { return nkey.Sign(seed, nonce) }),
		nats.CustomInboxPrefix("_INBOX_"+name), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(nc.Close)
	return nc
}

// may says that the thief has a right to publish on a subject.
func (x *thief) may(subject string) bool {
	return slices.ContainsFunc(slices.Concat(x.rights.Publish, x.rights.Pull), func(s string) bool { return matches(s, subject) })
}

// matches says that a subject matches a filter.
func matches(filter, subject string) bool {
	f, s := strings.Split(filter, "."), strings.Split(subject, ".")
	for i, token := range f {
		if token == ">" {
			return i < len(s)
		}
		if i >= len(s) || token != "*" && token != s[i] {
			return false
		}
	}
	return len(f) == len(s)
}

// ask makes a request of the API under both names. Most are met with silence, so that none is waited for: see [thief.settle].
func (x *thief) ask(request, body string, judge question) {
	x.t.Helper()
	for _, prefix := range []string{"$JS.API.", natsconf.APIPrefix + "."} {
		x.asked = append(x.asked, judge)
		reply := fmt.Sprintf("_INBOX_%s.t.%d", x.rights.Service, len(x.asked)-1)
		if err := x.nc.PublishRequest(prefix+request, reply, []byte(body)); err != nil {
			x.t.Fatal(err)
		}
	}
}

// settle judges what was answered. The server has a queue for each kind of request and works on it in its order: behind one of each
// kind that it answers for sure, all that will be answered has been.
func (x *thief) settle() {
	x.t.Helper()
	for range 3 {
		mine := own[x.rights.Service]
		for request, body := range map[string]string{
			"STREAM.INFO." + mine.stream: "", "DIRECT.GET.KV_SECRETS.$KV.SECRETS.digest": "", "CONSUMER.CREATE." + mine.stream + ".fence." + mine.filter: "{}", // refused, which is an answer
		} {
			if _, err := x.nc.Request(natsconf.APIPrefix+"."+request, []byte(body), 10*time.Second); err != nil {
				x.t.Fatalf("%s cannot ask for what it has a right to: %v", x.rights.Service, err)
			}
		}
	}
	for {
		n, _, err := x.answers.Pending()
		if err != nil {
			x.t.Fatal(err)
		}
		if n == 0 {
			return
		}
		m, err := x.answers.NextMsg(time.Second)
		if err != nil {
			x.t.Fatal(err)
		}
		number, err := strconv.Atoi(m.Subject[strings.LastIndex(m.Subject, ".")+1:])
		if err != nil {
			x.t.Fatal(err)
		}
		if wrong := x.asked[number](m.Data); wrong != "" {
			x.t.Errorf("%s %s: %.120s", x.rights.Service, wrong, m.Data)
		}
	}
}

// TestEveryStreamHasAVictim: a stream that is added is tried by the thieves too.
func TestEveryStreamHasAVictim(t *testing.T) {
	t.Parallel()
	for _, s := range topology.LimitsOf([]string{"whatsapp"}, 0, topology.KeepSent).Streams {
		if !slices.ContainsFunc(victims, func(v victim) bool { return v.stream == s.Name }) {
			t.Errorf("no victim is of %s (%v)", s.Name, s.Subjects)
		}
	}
}
