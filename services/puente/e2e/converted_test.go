package e2e_test

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus/bustest"
)

// queuesData is a data folder of a version whose MESSAGES and EGRESS_* are work queues, and queuesIDs the mIds of the messages that
// wait in it: testdata/README.md says how both were made.
var queuesData, queuesIDs = filepath.Join("testdata", "work-queues.tar.gz"), filepath.Join("testdata", "work-queues.ids")

// queuesConverted is what is told of the conversion of each queue in it; the platform's is empty.
var queuesConverted = []string{"EGRESS_bonychat: 0 messages", "EGRESS_telegram: 16 messages", "MESSAGES: 4 messages"}

// The contacts that messages wait for in that folder, and how many for each.
const firstWaiting, lastWaiting, waitingEach = 10, 13, 5

// TestADataFolderOfAVersionWithWorkQueues: what waits in it ends as what waits does, once and in order, and none is lost. A message is
// valid for a day: while the folder is younger they are sent, later they end in the dead letters.
func TestADataFolderOfAVersionWithWorkQueues(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.signal(syscall.SIGTERM)
	if err := os.RemoveAll(filepath.Join(br.dir, "data")); err != nil {
		t.Fatal(err)
	}
	unpack(t, queuesData, br.dir)
	br.run()
	for _, what := range append([]string{"what waits was converted from a version before"}, queuesConverted...) {
		if !strings.Contains(br.log(), what) {
			t.Errorf("it is not told that something was converted: %s", what)
		}
	}
	br.allEnd()
	br.sendText(tokenB, "B", 5, marker+" after")
	if _, err := br.b.Wait(t.Context(), 5, 1); err != nil {
		t.Fatal(err)
	}
}

// allEnd waits until everything that waited in the folder has ended, and compares what became of it with what waited, contact by contact.
func (br *bridge) allEnd() {
	br.t.Helper()
	read, err := os.ReadFile(queuesIDs)
	if err != nil {
		br.t.Fatal(err)
	}
	ids := strings.Fields(string(read))
	const contacts = lastWaiting - firstWaiting + 1
	if len(ids) != contacts*waitingEach {
		br.t.Fatalf("%d messages wait", len(ids))
	}
	sent, dead := map[int64][]string{}, map[int64][]string{}
	eventually(br.t, "all have ended", func() bool {
		out, ok := br.puente("dead", "--limit", "1000", "-o", "json")
		ended := 0
		clear(dead)
		for _, id := range regexp.MustCompile(strings.Join(ids, "|")).FindAllString(out, -1) {
			contact := firstWaiting + int64(slices.Index(ids, id)%contacts)
			if letters := dead[contact]; !slices.Contains(letters, id) {
				dead[contact] = append([]string{id}, letters...) // the list begins with the newest
				ended++
			}
		}
		for contact := int64(firstWaiting); contact <= lastWaiting; contact++ {
			sent[contact] = texts(br.a.Messages(contact))
			ended += len(sent[contact])
		}
		return ok && ended >= len(ids)
	})
	for i := range contacts {
		var wantSent, wantDead []string
		for n := range waitingEach {
			wantSent, wantDead = append(wantSent, fmt.Sprintf("%s %d", marker, n)), append(wantDead, ids[n*contacts+i])
		}
		contact := int64(firstWaiting + i)
		if len(dead[contact]) > 0 {
			wantSent = nil
		} else {
			wantDead = nil
		}
		if diff := cmp.Diff(wantSent, sent[contact]); diff != "" {
			br.t.Errorf("contact %d was sent: %s", contact, diff)
		}
		if diff := cmp.Diff(wantDead, dead[contact]); diff != "" {
			br.t.Errorf("dead letters for contact %d: %s", contact, diff)
		}
	}
}

// TestApplyConvertsTheQueuesOfAVersionBefore at a NATS of its own: it says what it did, and all that waited is there, in order.
func TestApplyConvertsTheQueuesOfAVersionBefore(t *testing.T) {
	t.Parallel()
	p := &program{t: t, dir: t.TempDir()}
	unpack(t, queuesData, p.dir)
	server, _ := bustest.StartIn(t, filepath.Join(p.dir, "data", "nats"))
	if err := os.WriteFile(filepath.Join(p.dir, "puente.yaml"), fmt.Appendf(nil, `public_url: http://127.0.0.1:1
nats: {url: %q}
channels:
  - id: A
    network: telegram
    contact_id: custom
    platform: {webhook_url: "http://127.0.0.1:1/A", api_token: %q}
    account: {token: %q, secret_token: %q}
`, server.URL(), tokenA, botA, secretA), 0o600); err != nil {
		t.Fatal(err)
	}
	waits := func() map[string][]string {
		all := map[string][]string{}
		for _, stream := range []string{"MESSAGES", "EGRESS_bonychat", "EGRESS_telegram"} {
			all[stream] = []string{}
			for _, m := range server.Stored(stream, 0) {
				all[stream] = append(all[stream], m.Header.Get("Nats-Msg-Id"))
			}
		}
		return all
	}
	before := waits()
	out, ok := p.puente("apply")
	if !ok {
		t.Fatal(out)
	}
	for _, what := range queuesConverted {
		if !strings.Contains(out, what) {
			t.Errorf("%s is not told: %s", what, out)
		}
	}
	if diff := cmp.Diff(before, waits()); diff != "" {
		t.Error(diff)
	}
	if len(before["MESSAGES"]) != 4 || len(before["EGRESS_telegram"]) != 16 || len(before["EGRESS_bonychat"]) != 0 {
		t.Errorf("in the folder waited %v", before)
	}
	if out, ok := p.puente("apply"); !ok || strings.Contains(out, "was converted") {
		t.Errorf("again: %s", out)
	}
}

// TestMakeADataFolder makes testdata/work-queues.* anew, with the program of the version that the tests are of: see testdata/README.md.
func TestMakeADataFolder(t *testing.T) {
	into := os.Getenv("PUENTE_MAKE_DATA")
	if into == "" {
		t.Skip("PUENTE_MAKE_DATA is not set: the folder for testdata")
	}
	br := newBridge(t)
	br.a.Revoke(true)
	var ids []string
	for i := range waitingEach {
		for contact := int64(firstWaiting); contact <= lastWaiting; contact++ {
			ids = append(ids, br.sendText(tokenA, "A", contact, fmt.Sprintf("%s %d", marker, i)))
		}
	}
	eventually(t, "the channel is suspended", func() bool { return strings.Contains(br.log(), "channel suspended") })
	br.signal(syscall.SIGTERM)
	pack(t, br.dir, "data", filepath.Join(into, "work-queues.tar.gz"))
	if err := os.WriteFile(filepath.Join(into, "work-queues.ids"), []byte(strings.Join(ids, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// pack writes a folder below another into a file.
func pack(t *testing.T, dir, folder, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	if err := filepath.WalkDir(filepath.Join(dir, folder), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Mode: 0o600, Size: int64(len(content)), Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
}

// unpack writes what a file holds below a folder.
func unpack(t *testing.T, file, dir string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.FromSlash(h.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err == nil {
			err = os.WriteFile(to, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
