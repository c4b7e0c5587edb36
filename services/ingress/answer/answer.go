package ingress

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/webhook"
)

// refuse answers in the contract's error shape.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(status)
	_, _ = w.Write(customchannel.EncodeRefusal(message))
}

func notAllowed(w http.ResponseWriter, allowed []string) {
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	refuse(w, http.StatusMethodNotAllowed, "only "+strings.Join(allowed, " and ")+" is allowed here")
}

// answer answers a network as its policy says.
func answer(w http.ResponseWriter, a webhook.Answer) {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	if a.ContentType != "" {
		w.Header().Set("Content-Type", a.ContentType)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff") // a handshake answers what its caller wrote
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body))
}

// failed logs what could not be done for a caller. One that has hung up is told nothing, and nothing went wrong.
func (in *Ingress) failed(r *http.Request, what string, err error, args ...any) {
	level := slog.LevelError
	if r.Context().Err() != nil {
		level = slog.LevelDebug
	}
	in.Log.Log(r.Context(), level, what, append(args, "err", err)...)
}
