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
	"slices"
	"strings"
	"syscall"
	"testing"
)

// queuesData is a data folder of a version whose MESSAGES and EGRESS_* are work queues, and queuesIDs the mIds of the messages that
// wait in it: testdata/README.md says how both were made.
var queuesData, queuesIDs = filepath.Join("testdata", "work-queues.tar.gz"), filepath.Join("testdata", "work-queues.ids")

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
	read, err := os.ReadFile(queuesIDs)
	if err != nil {
		t.Fatal(err)
	}
	waiting := strings.Fields(string(read))
	br.run()
	if log := br.log(); !strings.Contains(log, "what waits was converted from a version before") || !strings.Contains(log, "EGRESS_telegram: 16 messages") {
		t.Error("it is not told that something was converted")
	}
	var sent, dead int
	eventually(t, "all have ended", func() bool {
		sent, dead = 0, 0
		for contact := int64(10); contact < 14; contact++ {
			sent += len(br.a.Messages(contact))
		}
		out, ok := br.puente("dead", "--limit", "1000", "-o", "json")
		for _, id := range waiting {
			dead += strings.Count(out, `"`+id+`"`)
		}
		return ok && sent+dead >= len(waiting)
	})
	if sent+dead != len(waiting) || sent > 0 && dead > 0 {
		t.Errorf("of %d messages %d were sent, and %d are dead letters", len(waiting), sent, dead)
	}
	for contact := int64(10); contact < 14; contact++ {
		if got := texts(br.a.Messages(contact)); !slices.IsSorted(got) {
			t.Errorf("contact %d was sent %q", contact, got)
		}
	}
	br.sendText(tokenB, "B", 5, marker+" after")
	if _, err := br.b.Wait(t.Context(), 5, 1); err != nil {
		t.Fatal(err)
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
	for i := range 5 {
		for contact := int64(10); contact < 14; contact++ {
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
