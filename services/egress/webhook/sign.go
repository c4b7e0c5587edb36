package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sign sets the three headers, with a signature for every secret that is alive.
func sign(header http.Header, id string, now time.Time, body []byte, secrets []string) {
	timestamp := strconv.FormatInt(now.Unix(), 10)
	header.Set(idHeader, id)
	header.Set(timestampHeader, timestamp)
	header.Set(signatureHeader, signatures(id, timestamp, body, secrets))
}

// signatures are those of a call by every secret that is alive, so that an app which knows one of them verifies it while the
// secret is being changed.
func signatures(id, timestamp string, body []byte, secrets []string) string {
	var all []string
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, keyOf(secret))
		mac.Write([]byte(id + "." + timestamp + "."))
		mac.Write(body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, " ")
}
