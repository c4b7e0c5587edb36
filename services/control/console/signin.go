package console

import (
	"net/http"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/services/control/auth"
)

// signInBody is the page on which somebody signs in.
type signInBody struct {
	// To is where they were on the way to.
	To string
	// Wrong is what was wrong with the last try; "".
	Wrong string
}

func (c *Console) showSignIn(w http.ResponseWriter, r *http.Request) {
	q := c.request(w, r)
	to := local(r.URL.Query().Get("to"))
	if q.SignedIn && q.Who.May(auth.Read) {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	wrong := ""
	if q.SignedIn && q.Who.ByProxy {
		wrong = q.W.SignIn.Proxy
	}
	q.askIn(http.StatusOK, to, wrong)
}

func (q *request) askIn(status int, to, wrong string) {
	q.write(status, &page{name: "signin", Title: q.W.SignIn.Title, Body: signInBody{To: to, Wrong: wrong}})
}

func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	q := c.request(w, r)
	to := local(r.PostFormValue("to"))
	if !c.sessions.Genuine(r) {
		q.askIn(http.StatusForbidden, to, q.W.SignIn.Form)
		return
	}
	switch err := c.sessions.SignIn(w, r, r.PostFormValue("token")); {
	case err == nil:
		http.Redirect(w, r, to, http.StatusSeeOther)
	case connect.CodeOf(err) == connect.CodeResourceExhausted:
		q.askIn(http.StatusTooManyRequests, to, q.W.SignIn.TooMany)
	default:
		q.askIn(http.StatusForbidden, to, q.W.SignIn.Wrong)
	}
}

// enter signs in whoever opened a link of the command line.
func (c *Console) enter(w http.ResponseWriter, r *http.Request) {
	q := c.request(w, r)
	if err := c.sessions.Enter(w, r); err != nil {
		q.askIn(http.StatusForbidden, Path, q.W.SignIn.Link)
		return
	}
	http.Redirect(w, r, Path, http.StatusSeeOther)
}

func (c *Console) signOut(q *request) (*page, error) {
	c.sessions.SignOut(q.w, q.r)
	http.Redirect(q.w, q.r, Path+"sign-in", http.StatusSeeOther)
	return nil, nil
}
