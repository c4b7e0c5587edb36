package httpclient

import (
	"context"
	"net/http"

	"github.com/bonychat/puente/pkg/version"
)

// maxRedirects of one request; the answer after them is taken as it is.
const maxRedirects = 5

// follows says whether a request goes where an answer redirects it, which is done for what is fetched only: a repeated POST could
// send twice.
func follows(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// redirect goes where an answer leads. Another host is guarded, whatever was asked, and no credential follows there; where the
// request was trusted itself, the other host is one that the network told.
func redirect(to *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) > maxRedirects {
		return http.ErrUseLastResponse
	}
	if to.URL.Scheme != first.URL.Scheme || hostPort(to.URL) != hostPort(first.URL) {
		if to.Context().Value(guardKey{}) == nil {
			*to = *to.WithContext(context.WithValue(to.Context(), guardKey{}, ofNetwork))
		}
		clear(to.Header) // networks have headers of their own for credentials
		to.Header.Set("User-Agent", version.UserAgent())
	}
	to.Header.Del("Referer") // the address before may hold a token
	return nil
}
