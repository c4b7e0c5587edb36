package declared

import (
	"cmp"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"hash"
	"net/http"
	"net/url"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// sign makes the proof that a scheme asks for, where that is simple: a static token, or an HMAC of the body in a header.
// Whether the vendor signs so is not proved by it: that is for a true signature in a conversation, or for Kit.Sign.
func sign(scheme proof.Scheme, c *webhook.Call, secrets webhook.Secrets) {
	switch s := scheme.(type) {
	case proof.Token:
		if secret := first(secrets, s.Secret); secret != "" {
			signToken(s, c, secret, first(secrets, s.User))
		}
	case proof.HMAC:
		if secret := first(secrets, s.Secret); secret != "" && s.Header != "" && len(s.Over) == 0 && s.Key == (proof.Key{}) {
			signBody(s, c, secret)
		}
	case proof.AnyOf:
		for _, one := range s {
			sign(one, c, secrets)
		}
	}
}

func first(secrets webhook.Secrets, field string) string {
	if len(secrets[field]) == 0 {
		return ""
	}
	return secrets[field][0]
}

func signToken(t proof.Token, c *webhook.Call, secret, user string) {
	switch {
	case t.Header != "":
		c.Header.Set(t.Header, secret)
	case t.Bearer:
		c.Header.Set("Authorization", "Bearer "+secret)
	case t.Basic:
		r := http.Request{Header: c.Header}
		r.SetBasicAuth(cmp.Or(user, "anybody"), secret)
	case t.Query != "":
		query := c.Values()
		query.Set(t.Query, secret)
		c.Query = query.Encode()
	case t.Path:
		c.Suffix = "/" + url.PathEscape(secret)
	case t.Sent.Form != "" && c.IsForm():
		form, _ := url.ParseQuery(string(c.Body))
		form.Set(t.Sent.Form, secret)
		c.Body = []byte(form.Encode())
	case t.Sent.JSON != "" && !c.IsForm():
		var object map[string]json.RawMessage
		if json.Unmarshal(c.Body, &object) == nil && object != nil {
			object[t.Sent.JSON], _ = json.Marshal(secret)
			c.Body, _ = json.Marshal(object)
		}
	}
}

var hashes = map[digest.Function]func() hash.Hash{
	digest.MD5: md5.New, digest.SHA1: sha1.New, digest.SHA256: sha256.New, digest.SHA384: sha512.New384, digest.SHA512: sha512.New,
}

func signBody(s proof.HMAC, c *webhook.Call, secret string) {
	if hashes[s.Hash] == nil {
		return
	}
	mac := hmac.New(hashes[s.Hash], []byte(secret))
	mac.Write(c.Body)
	sum := hex.EncodeToString(mac.Sum(nil))
	if s.Encoding == digest.Base64 {
		sum = base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	c.Header.Set(s.Header, s.Prefix+sum)
}
