package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
	"github.com/bonychat/puente/services/puente/ledger"
	"github.com/bonychat/puente/services/puente/ledger/history"
)

const chat = 1111111 // a contact of Telegram

// bothWays: text and file from a contact of Telegram, an answer with its receipt, and WhatsApp by the ledger.
func (b *bridge) bothWays(t *testing.T) {
	contact := b.writes(t, chat, "hola")
	b.answers(t, contact, "good day")

	picture := []byte("\x89PNG\r\n\x1a\n and the rest of a picture")
	b.far.telegram.AddFile("photo-1", telegramtest.File{Data: picture, Path: "photos/1.png"})
	update := b.far.telegram.Text(chat, "")
	delete(update["message"].(map[string]any), "text")
	update["message"].(map[string]any)["photo"] = []any{map[string]any{"file_id": "photo-1", "file_unique_id": "u1", "width": 10, "height": 10, "file_size": len(picture)}}
	if status, err := b.far.telegram.Deliver(t.Context(), update); err != nil || status != http.StatusOK {
		t.Fatalf("a picture is answered %d, %v", status, err)
	}
	var link string
	eventually(t, time.Minute, "BonyChat has the picture", func() bool {
		post := b.far.platform.find(func(m *customchannel.Message) bool { return m.Attachment != nil })
		if post != nil {
			link = post.Events[0].Message.Attachment.URL
		}
		return link != ""
	})
	path, ok := strings.CutPrefix(link, "http://bridge.example")
	resp, err := http.Get("http://" + b.api + path)
	if err != nil || !ok {
		t.Fatalf("%s: %v", link, err)
	}
	defer resp.Body.Close()
	if data, err := io.ReadAll(resp.Body); err != nil || !bytes.Equal(data, picture) {
		t.Fatalf("the picture is %d bytes, %d: %v", len(data), resp.StatusCode, err)
	}

	b.session(t, ofLedger(200), func(ctx context.Context, s *ledger.Session) error {
		s.Drive(ctx, 8*time.Second)
		return nil
	})
}

// rolls: every Deployment, one after the other, under 50 messages a second.
func (b *bridge) rolls(t *testing.T) {
	const traffic = 180 * time.Second
	var unreached []string
	v := b.session(t, ofLedger(50*int(traffic.Seconds())), func(ctx context.Context, s *ledger.Session) error {
		var wg sync.WaitGroup
		wg.Go(func() { s.Drive(ctx, traffic) })
		time.Sleep(5 * time.Second)
		for _, service := range []string{"ingress", "translator", "egress-whatsapp", "egress-telegram", "egress-bonychat", "control", "apply"} {
			var over []func()
			for _, p := range podsOf(t, messaging, puentePods+",app.kubernetes.io/component="+service) {
				over = append(over, s.Disrupt(history.Roll, p.name))
			}
			s.Say("rollout restart of %s: %d pods", service, len(over))
			kubectl(t, "-n", messaging, "rollout", "restart", "deployment/puente-"+service)
			b.ready(t)
			for _, f := range over {
				f()
			}
		}
		s.Say("all are rolled out")
		wg.Wait()
		unreached = s.Unreached()
		return nil
	})
	for _, why := range unreached {
		t.Errorf("a call to the Service had no answer: %s", why)
	}
	if v.Disruptions[history.Roll] < 12 {
		t.Errorf("%d pods were rolled", v.Disruptions[history.Roll])
	}
}

// ready waits until every Deployment has the pods it is to have.
func (b *bridge) ready(t *testing.T) {
	t.Helper()
	kubectl(t, "-n", messaging, "rollout", "status", "deployment", "-l", puentePods, "--timeout=170s")
}

// kills: one pod of each service and one NATS server by SIGKILL, and the servers rolled.
func (b *bridge) kills(t *testing.T) {
	const traffic = 290 * time.Second
	v := b.session(t, ofLedger(20*int(traffic.Seconds())), func(ctx context.Context, s *ledger.Session) error {
		var wg sync.WaitGroup
		wg.Go(func() { s.Drive(ctx, traffic) })
		time.Sleep(5 * time.Second)
		for _, service := range []string{"egress-whatsapp", "translator", "ingress", "egress-bonychat"} {
			p := podsOf(t, messaging, puentePods+",app.kubernetes.io/component="+service)[0]
			s.Say("kill -9 %s", p.name)
			p.signal(t, syscall.SIGSTOP) // from the moment that it is written down it sends nothing
			over := s.Disrupt(history.Kill, p.name)
			kubectl(t, "-n", messaging, "delete", "pod", p.name, "--force", "--grace-period=0")
			p.signal(t, syscall.SIGKILL)
			b.ready(t)
			over()
		}
		server := podsOf(t, broker, natsPods)[1]
		s.Say("kill -9 %s", server.name)
		server.signal(t, syscall.SIGSTOP)
		over := s.Disrupt(history.NodeKill, server.name)
		kubectl(t, "-n", broker, "delete", "pod", server.name, "--force", "--grace-period=0")
		server.signal(t, syscall.SIGKILL)
		kubectl(t, "-n", broker, "rollout", "status", "statefulset/nats", "--timeout=170s")
		over()
		time.Sleep(5 * time.Second)
		s.Say("rollout restart of NATS")
		over = s.Disrupt(history.NodeKill, "nats")
		kubectl(t, "-n", broker, "rollout", "restart", "statefulset/nats")
		kubectl(t, "-n", broker, "rollout", "status", "statefulset/nats", "--timeout=170s")
		over()
		wg.Wait()
		return nil
	})
	for _, s := range v.Stalls {
		if s.After == string(history.NodeKill) && s.Wait > 20*time.Second {
			t.Errorf("a %s waited %s", s.What, s.Wait)
		}
	}
}

// upgrade: a network more rolls nobody else's pods, and going back neither.
func (b *bridge) upgrade(t *testing.T) {
	others := func() (all []string) {
		for _, p := range podsOf(t, messaging, puentePods+",app.kubernetes.io/component!=egress-line") {
			all = append(all, p.uid)
		}
		slices.Sort(all)
		return all
	}
	before := others()
	helm(t, "upgrade", "puente", deploy(t, "chart/puente"), "-n", messaging, "-f", b.values, "--set", "networks.line.enabled=true", "--wait", "--timeout", "4m")
	if n := len(podsOf(t, messaging, "app.kubernetes.io/component=egress-line")); n != 2 {
		t.Errorf("%d pods of the new network", n)
	}
	b.answers(t, b.writes(t, chat, "with line"), "with line, too")
	helm(t, "rollback", "puente", "-n", messaging, "--wait", "--timeout", "4m")
	b.answers(t, b.writes(t, chat, "without line"), "without line, too")
	if after := others(); !slices.Equal(before, after) {
		t.Errorf("other pods were rolled: %v, then %v", before, after)
	}
}

// scale: without pods messages wait, the figure says how many pods there should be, and with these all arrives.
func (b *bridge) scale(t *testing.T) {
	to := func(n int) {
		kubectl(t, "-n", messaging, "scale", "deployment/puente-egress-whatsapp", fmt.Sprintf("--replicas=%d", n))
		kubectl(t, "-n", messaging, "rollout", "status", "deployment/puente-egress-whatsapp", "--timeout=170s")
	}
	b.session(t, ofLedger(600), func(ctx context.Context, s *ledger.Session) error {
		to(0)
		eventually(t, 3*time.Minute, "all pods are gone", func() bool {
			return kubectl(t, "-n", messaging, "get", "pods", "-l", "app.kubernetes.io/component=egress-whatsapp", "-o", "name") == ""
		})
		s.Drive(ctx, 8*time.Second)
		var f figure
		eventually(t, time.Minute, "the figure asks for pods", func() bool { f = b.figure(t, "whatsapp"); return f.Replicas > 0 && f.Due > 0 })
		s.Say("without pods the figure is %+v", f)
		to(f.Replicas)
		eventually(t, 3*time.Minute, "the figure asks for none", func() bool { f = b.figure(t, "whatsapp"); return f.Replicas == 0 })
		s.Say("when all is sent it is %+v", f)
		to(3)
		to(2)
		return nil
	})
}

// renews: a credential in a Secret counts without a roll.
func (b *bridge) renews(t *testing.T) {
	before := podsOf(t, messaging, puentePods)
	old := b.token
	b.token = secondToken
	b.credentials(t)
	b.far.platform.renew(b.token)
	took := eventually(t, 150*time.Second, "the new token is taken", func() bool {
		_, status := b.post(t, b.token, "T", fmt.Sprint(chat), "with the new token")
		if status != http.StatusOK {
			time.Sleep(2 * time.Second) // after 60 wrong credentials everything else of this caller is answered 429, too
		}
		return status == http.StatusOK
	})
	t.Logf("the token counted after %s", took.Round(time.Second))
	if _, status := b.post(t, old, "T", fmt.Sprint(chat), "with the old token"); status != http.StatusUnauthorized {
		t.Errorf("the old token is answered %d", status)
	}
	b.answers(t, b.writes(t, chat, "after the change"), "after the change, too")
	if after := podsOf(t, messaging, puentePods); !slices.Equal(before, after) {
		t.Error("pods were rolled")
	}
}

// wrongImage: of one network; the old pods of it go on, and so does everything else.
func (b *bridge) wrongImage(t *testing.T) {
	helm(t, "upgrade", "puente", deploy(t, "chart/puente"), "-n", messaging, "-f", b.values, "--set", "networks.whatsapp.image=puente.e2e/puente-egress-whatsapp:wrong")
	eventually(t, 2*time.Minute, "the image is not found", func() bool {
		return strings.Contains(kubectl(t, "-n", messaging, "get", "pods", "-l", "app.kubernetes.io/component=egress-whatsapp"), "ErrImageNeverPull")
	})
	b.answers(t, b.writes(t, chat, "beside a wrong image"), "beside a wrong image, too")
	b.session(t, ofLedger(100), func(ctx context.Context, s *ledger.Session) error {
		s.Drive(ctx, 5*time.Second)
		return nil
	})
	helm(t, "rollback", "puente", "-n", messaging, "--wait", "--timeout", "4m")
}

// noChannels: a Secret without channels is refused, and nothing is removed.
func (b *bridge) noChannels(t *testing.T) {
	readyz := "http://" + kubectl(t, "-n", messaging, "get", "pods", "-l", "app.kubernetes.io/component=apply", "-o", "jsonpath={.items[0].status.podIP}") + ":8081/readyz"
	told := func() string {
		resp, err := http.Get(readyz)
		if err != nil {
			return err.Error()
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	secret(t, messaging, "puente-channels", map[string]string{"puente.yaml": "channels: []\n"})
	took := eventually(t, 150*time.Second, "apply says that it removes nothing", func() bool { return strings.Contains(told(), "none was removed") })
	t.Logf("after %s: %s", took.Round(time.Second), told())
	b.answers(t, b.writes(t, chat, "no channels"), "no channels, too")
	b.channels(t)
	eventually(t, 150*time.Second, "apply has the channels again", func() bool { return !strings.Contains(told(), "none was removed") })
}
