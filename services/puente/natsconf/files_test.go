package natsconf_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/topology/rights"
	"github.com/bonychat/puente/services/puente/natsconf"
)

// files runs something with the attachments as a service has them.
func (d *deployment) files(name string, run func(b *bus.Bus, files *media.Store)) {
	d.t.Helper()
	err := service.Start(d.t.Context(), name, nil, d.config(name), d.log, service.NewHealth(), func(ctx context.Context, env service.Env) error {
		if err := provision.LoadDigestKey(ctx, env.Bus); err != nil {
			return err
		}
		run(env.Bus, media.New(env.Bus))
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// A network's service stores its own files, all that it has to, and no right goes unused into the files of others.
func TestAStolenCredentialTouchesNoFileOfAnother(t *testing.T) {
	t.Parallel()
	d := newDeployment(t, 1)
	data := bytes.Repeat([]byte(mark), 30_000)
	var foreign *media.File
	d.files("egress-whatsapp", func(_ *bus.Bus, files *media.Store) {
		var err error
		if foreign, err = files.Put(t.Context(), "whatsapp", "foto.png", "image/png", bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
	})
	var own *media.File
	d.files("egress-telegram", func(_ *bus.Bus, files *media.Store) {
		ctx := t.Context()
		var err error
		if own, err = files.Put(ctx, "telegram", "foto.png", "image/png", bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		if _, err := files.Stat(ctx, own.ID); err != nil {
			t.Errorf("its own file: %v", err)
		}
		for range 2 {
			if _, err := files.Keep(ctx, "telegram", "foto.png", "image/png", data); err != nil {
				t.Errorf("its own file again: %v", err)
			}
		}
		broken := io.MultiReader(bytes.NewReader(data), failing{})
		if _, err := files.Put(ctx, "telegram", "foto.png", "image/png", broken); !errors.Is(err, errFailing) {
			t.Errorf("a file that breaks off: %v", err)
		}
	})
	if refused := d.refused.all(); len(refused) > 0 {
		t.Fatalf("refused of what is its own:\n%s", strings.Join(refused, "\n"))
	}
	js, err := jetstream.New(d.enter("puente"))
	if err != nil {
		t.Fatal(err)
	}
	before := held(t, js, "whatsapp")

	x := &thief{t: t, d: d, nc: d.enter("egress-telegram")}
	for _, r := range rights.Of(both) {
		if r.Service == "egress-telegram" {
			x.rights = r
		}
	}
	if x.answers, err = x.nc.SubscribeSync("_INBOX_egress-telegram.t.*"); err != nil {
		t.Fatal(err)
	}
	_, id, _ := strings.Cut(foreign.ID, "-")
	_, ownID, _ := strings.Cut(own.ID, "-")
	victims := []string{topology.FileSubject("whatsapp", id, "0"), topology.FileSubject("whatsapp", id, topology.FileInfo)}
	for _, victim := range victims {
		// overwrite, and delete by an empty one
		for _, name := range []string{victim, natsconf.APIPrefix + "." + victim} {
			_ = x.nc.Publish(name, []byte("evil"))
			_ = x.nc.Publish(name, nil)
			_ = x.nc.PublishRequest(topology.FileSubject("telegram", ownID, "0"), name, data[:128<<10]) // the broker answers there; it writes what is there already
		}
		last := fmt.Sprintf(`{"last_by_subj":%q}`, victim)
		for request, body := range map[string]string{
			"DIRECT.GET.FILES." + victim: "", "DIRECT.GET.FILES": last, "STREAM.MSG.GET.FILES": last,
			"DIRECT.GET.FILES." + topology.FileSubject("telegram", ownID, topology.FileInfo): last,
			"STREAM.INFO.FILES":                           `{"subjects_filter":">"}`,
			"STREAM.PURGE.FILES":                          fmt.Sprintf(`{"filter":%q}`, victim),
			"STREAM.MSG.DELETE.FILES":                     `{"seq":1}`,
			"CONSUMER.CREATE.FILES.evil." + victim:        fmt.Sprintf(`{"stream_name":"FILES","config":{"name":"evil","filter_subject":%q}}`, victim),
			"CONSUMER.CREATE.FILES.evil":                  `{"stream_name":"FILES","config":{"name":"evil"}}`,
			"CONSUMER.DURABLE.CREATE.FILES.evil":          `{"stream_name":"FILES","config":{"durable_name":"evil"}}`,
			"STREAM.SNAPSHOT.FILES":                       `{"deliver_subject":"_INBOX_egress-telegram.t.0"}`,
			"STREAM.UPDATE.FILES":                         `{"name":"FILES","subjects":["file.>"],"allow_rollup_hdrs":true}`,
			"STREAM.INFO." + topology.EarlierMediaStream:  "",
			"STREAM.PURGE." + topology.EarlierMediaStream: "",
		} {
			if x.may("$JS.API."+request) && !strings.HasSuffix(request, "."+topology.FileInfo) {
				t.Errorf("it may ask %s", request)
			}
			x.ask(request, body, func(answer []byte) string {
				if told(answer) || bytes.Contains(answer, []byte(id)) || bytes.Contains(answer, []byte(`"success":`)) || bytes.Contains(answer, []byte(`"created"`)) {
					return "is answered on " + request
				}
				return ""
			})
		}
	}
	x.settle()
	// what it may write carries no order to throw away what it may not
	for _, roll := range []string{jetstream.MsgRollupAll, jetstream.MsgRollupSubject} {
		answer, err := x.nc.RequestMsg(&nats.Msg{Subject: topology.FileSubject("telegram", ownID, "9"), Header: nats.Header{jetstream.MsgRollup: {roll}}}, 10*time.Second)
		if err != nil || !bytes.Contains(answer.Data, []byte("rollup not permitted")) {
			t.Errorf("a roll-up of %s: %v, %+v", roll, err, answer)
		}
	}
	if after := held(t, js, "whatsapp"); after != before {
		t.Errorf("the files were\n%s\nand are\n%s", before, after)
	}
	d.files("control", func(_ *bus.Bus, files *media.Store) {
		got, err := io.ReadAll(files.Open(t.Context(), foreign))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("the other's file: %d bytes, %v", len(got), err)
		}
	})
	// the same is possible for what is its own: else nothing of this is a test
	answer, err := x.nc.Request(topology.FileSubject("telegram", ownID, "0"), []byte("changed"), 10*time.Second)
	if err != nil || !bytes.Contains(answer.Data, []byte(`"stream":"FILES"`)) {
		t.Errorf("its own: %v, %+v", err, answer)
	}
	if after := held(t, js, "telegram"); !strings.Contains(after, fmt.Sprintf("%x", sha256.Sum256([]byte("changed")))) {
		t.Error("its own file was not changed")
	}
}

var errFailing = errors.New("the connection broke")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errFailing }

// held is what the stream of files is, and holds of a network.
func held(t *testing.T, js jetstream.JetStream, network string) string {
	t.Helper()
	s, err := js.Stream(t.Context(), topology.Files.Name)
	if err != nil {
		t.Fatal(err)
	}
	info, err := s.Info(t.Context(), jetstream.WithSubjectFilter(topology.FileSubject(network, "*", "*")))
	if err != nil {
		t.Fatal(err)
	}
	all := []string{fmt.Sprintf("%t %v", info.Config.AllowRollup, info.Config.Subjects)}
	for _, subject := range slices.Sorted(maps.Keys(info.State.Subjects)) {
		m, err := s.GetLastMsgForSubject(t.Context(), subject)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %d %x", subject, m.Sequence, sha256.Sum256(m.Data)))
	}
	if len(all) < 3 {
		t.Fatalf("of %s there is %q", network, all)
	}
	return strings.Join(all, "\n")
}

// What earlier versions have stored is served, also what they store while they still run; the accounts of an upgrade let them, and
// those after it do not.
func TestFilesOfVersionsBeforeAreServedThroughAnUpgrade(t *testing.T) {
	t.Parallel()
	for _, upgrading := range []bool{true, false} {
		t.Run(fmt.Sprintf("upgrading %t", upgrading), func(t *testing.T) {
			t.Parallel()
			d := deploy(t, 1, upgrading)
			operator, err := jetstream.New(d.enter("puente"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := operator.CreateObjectStore(t.Context(), jetstream.ObjectStoreConfig{Bucket: topology.EarlierMedia, TTL: topology.KeepMedia, MaxBytes: 64 << 20}); err != nil {
				t.Fatal(err)
			}
			put := func(js jetstream.JetStream, id string) error {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				if !upgrading && js != operator {
					ctx, cancel = context.WithTimeout(t.Context(), time.Second) // it is met with silence
				}
				defer cancel()
				store, err := js.ObjectStore(ctx, topology.EarlierMedia)
				if err == nil {
					_, err = store.Put(ctx, jetstream.ObjectMeta{Name: id, Metadata: map[string]string{"name": "foto.png", "media-type": "image/png"}}, strings.NewReader(id))
				}
				return err
			}
			first, second := strings.Repeat("a1", 16), strings.Repeat("b2", 16)
			if err := put(operator, first); err != nil {
				t.Fatal(err)
			}
			before, err := jetstream.NewWithAPIPrefix(d.enter("egress-telegram"), natsconf.APIPrefix)
			if err != nil {
				t.Fatal(err)
			}
			if err := put(before, second); (err == nil) != upgrading {
				t.Errorf("a service of the version before stores a file: %v", err)
			}
			want := map[string]int{first: http.StatusOK, second: http.StatusNotFound}
			if upgrading {
				want[second] = http.StatusOK
			}
			d.run("ingress")
			for id, status := range want {
				resp, err := http.Get("http://" + d.public + "/media/" + id)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if err != nil || resp.StatusCode != status || status == http.StatusOK && string(got) != id {
					t.Errorf("%s: %d %q, %v", id, resp.StatusCode, got, err)
				}
			}
		})
	}
}
