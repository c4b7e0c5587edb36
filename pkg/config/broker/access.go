package broker

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"regexp"
	"strings"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/nkey"
	"github.com/bonychat/puente/pkg/secret"
)

// access reads how the service shows itself to NATS, and what it calls its own there. embedded says that there is no server to
// show itself to.
func (n *NATS) access(f map[string]yamlfile.Place, embedded bool) {
	given, whole := map[string]string{}, true
	for _, name := range []string{"nkey", "ca", "cert", "key", "inbox", "api_prefix"} {
		value, ok := f[name].Optional()
		if given[name] = value; embedded && value != "" {
			f[name].Wrong("goes with nats.url: the embedded server needs none")
			ok = false
		}
		whole = whole && ok
	}
	if !whole {
		return
	}
	n.NKey, n.CA, n.Certificate, n.Key = secret.Hide(given["nkey"]), given["ca"], given["cert"], secret.Hide(given["key"])
	n.Inbox, n.APIPrefix = subjectPrefix(f["inbox"], given["inbox"], "_INBOX"), subjectPrefix(f["api_prefix"], given["api_prefix"], "hub.api")
	if given["nkey"] != "" {
		if _, err := nkey.Public(given["nkey"]); err != nil {
			f["nkey"].Wrong("must be the seed of a NATS user: SU and 56 of A-Z and 2-7, with a checksum among them")
		}
		if n.Credentials != "" {
			f["nkey"].Wrong("excludes nats.credentials: one of the two says who the service is")
		}
	}
	if n.CA != "" && !certificates(n.CA) {
		f["ca"].Wrong("must be certificates in PEM, such as file:ca.pem")
	}
	certificate(f["cert"], given["cert"], f["key"], given["key"])
}

// certificate looks at a service's own certificate and its key.
func certificate(at yamlfile.Place, pair string, keyAt yamlfile.Place, key string) {
	switch _, err := tls.X509KeyPair([]byte(pair), []byte(key)); {
	case pair == "" && key == "":
	case pair == "":
		keyAt.Wrong("goes with nats.cert: it is the key of a certificate")
	case !certificates(pair):
		at.Wrong("must be certificates in PEM, the service's own first, such as file:cert.pem")
	case key == "":
		at.Wrong("needs nats.key: the private key in PEM, such as file:key.pem")
	case err != nil: // whose text may hold something of the key
		keyAt.Wrong("must be the private key of nats.cert, in PEM and without a password")
	}
}

// certificates says that a text is certificates in PEM that can be read, and nothing else.
func certificates(text string) bool {
	rest, found := []byte(text), false
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return found && strings.TrimSpace(string(rest)) == ""
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" {
			return false
		}
		found = true
	}
}

// maxPrefix bounds a prefix of subjects in bytes: a subject has 512.
const maxPrefix = 64

var prefixForm = regexp.MustCompile(`^[A-Za-z0-9_$-]+(\.[A-Za-z0-9_$-]+)*$`)

// subjectPrefix is what subjects begin with; "" where a mistake was reported, and where it is "".
func subjectPrefix(p yamlfile.Place, s, example string) string {
	if s != "" && (len(s) > maxPrefix || !prefixForm.MatchString(s)) {
		p.Wrong("must be 1 to %d of A-Z a-z 0-9 _ - $ with dots between them, such as %s", maxPrefix, example)
		return ""
	}
	return s
}
