package emailtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"embed"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/foreigntest"
)

// Servers are Dovecot and Exim, which nobody here wrote: a mailbox over TLS, and a server that takes mails over STARTTLS and returns what it
// cannot deliver. They run as root, with the configuration in the folder servers.
type Servers struct {
	// IMAP and SMTP are where they are; soporte@example.test has the password s3cret-p at both. Certificate is the file of theirs.
	IMAP, SMTP, Certificate string
	// Trusted vouches for it.
	Trusted *x509.CertPool
	dir     string
}

//go:embed servers/*.conf
var configurations embed.FS

// StartServers starts them in a folder of the test, which fails where they are not installed.
func StartServers(t *testing.T) *Servers {
	t.Helper()
	for _, program := range []string{"dovecot", "exim4"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "puente-mail")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Servers{dir: dir, Certificate: filepath.Join(dir, "cert.pem"), Trusted: certify(t, dir)}
	owned(t, dir, "")
	owned(t, filepath.Join(dir, "mail"), "mail")
	owned(t, filepath.Join(dir, "dovecot"), "")
	owned(t, filepath.Join(dir, "exim"), "Debian-exim")
	owned(t, filepath.Join(dir, "exim/spool"), "Debian-exim")
	values := []string{"@DIR@", dir}
	for name, at := range map[string]*string{"@IMAP@": &s.IMAP, "@SMTP@": &s.SMTP, "@LMTP@": new(string)} {
		free, err := foreigntest.FreeAddress()
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(free)
		*at, values = free, append(values, name, port)
	}
	for _, name := range []string{"dovecot.conf", "exim.conf"} {
		text, err := configurations.ReadFile("servers/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.NewReplacer(values...).Replace(string(text))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, s.IMAP, filepath.Join(dir, "dovecot/log"), "dovecot", "-F", "-c", filepath.Join(dir, "dovecot.conf"))
	run(t, s.SMTP, filepath.Join(dir, "exim/mainlog"), "exim4", "-C", filepath.Join(dir, "exim.conf"), "-bdf", "-q5s")
	return s
}

// owned makes a folder that a server's user can use.
func owned(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if name == "" {
		return
	}
	u, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
}

// run starts a server and waits until it takes connections.
func run(t *testing.T, address, log, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
		if t.Failed() {
			said, _ := os.ReadFile(log)
			t.Logf("%s: %s\n%s", program, out.String(), said)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return
		}
		select {
		case <-done:
			t.Fatalf("%s has ended: %s", program, out.String())
		case <-ctx.Done():
			t.Fatalf("%s takes no connection", program)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// certify makes a certificate of 127.0.0.1.
func certify(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	as := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mx.example.test"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, as, as, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(cert)
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o644); err != nil { // the servers' users read it
			t.Fatal(err)
		}
	}
	return pool
}

// Write has a customer write a mail to soporte@example.test, by the standard library's client.
func (s *Servers) Write(t *testing.T, from, raw string) {
	t.Helper()
	c, err := smtp.Dial(s.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, step := range []func() error{
		func() error { return c.Hello("client.example.test") },
		func() error { return c.Mail(from) },
		func() error { return c.Rcpt("soporte@example.test") },
		func() error {
			w, err := c.Data()
			if err != nil {
				return err
			}
			if _, err := fmt.Fprint(w, raw); err != nil {
				return err
			}
			return w.Close()
		},
		c.Quit,
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
}

// Renumber gives all mails of a mailbox new UIDs: what Dovecot knows of them is taken away.
func (s *Servers) Renumber(t *testing.T, who string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "mail", who, "dovecot*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("Dovecot keeps nothing of %s: %v", who, err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

// Delivered are the mails that lie in somebody's mailbox with a text in them.
func (s *Servers) Delivered(t *testing.T, who, text string) (all []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "mail", who, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(data), text) {
			all = append(all, string(data))
		}
	}
	return all
}
