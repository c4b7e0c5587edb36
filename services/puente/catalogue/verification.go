package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// verified is in words how a call is told from a forged one, and which field of the account holds the secret.
func verified(s proof.Scheme) string {
	switch s := s.(type) {
	case proof.Token:
		return "the account's " + s.Secret + where(s)
	case proof.HMAC:
		return fmt.Sprintf("an HMAC-%s, in %s, over %s, keyed with the account's %s%s", strings.ToUpper(string(s.Hash)), s.Encoding, over(s.Over), s.Secret, sent(s.Header, s.Sent))
	case proof.Hash:
		return fmt.Sprintf("a %s, in %s, of %s, where the secret is the account's %s%s", strings.ToUpper(string(s.Hash)), s.Encoding, over(s.Over), s.Secret, sent(s.Header, s.Sent))
	case proof.Signature:
		return fmt.Sprintf("a signature (%s) in %s over %s, checked with the account's %s%s", s.Algorithm, s.Encoding, over(s.Over), s.Key, sent(s.Header, s.Sent))
	case proof.JWT:
		header := s.Header
		if s.Bearer {
			header = "Authorization"
		}
		return fmt.Sprintf("a JWT signed with the account's %s%s", s.Secret, sent(header, expr.Expr{}))
	case proof.AnyOf:
		var all []string
		for _, one := range s {
			if words := verified(one); !slices.Contains(all, words) { // they may differ in whose call it is
				all = append(all, words)
			}
		}
		return strings.Join(all, "; or with ")
	default:
		return fmt.Sprintf("%T", s)
	}
}

// where is where a token stands.
func where(t proof.Token) string {
	switch {
	case t.Bearer:
		return " as bearer token"
	case t.Basic && t.User != "":
		return " as password of basic authentication, with the account's " + t.User + " as user"
	case t.Basic:
		return " as password of basic authentication"
	case t.Query != "":
		return " as the query's parameter " + t.Query
	case t.Path:
		return " as the end of the address"
	default:
		return " in the header " + t.Header
	}
}

func sent(header string, elsewhere expr.Expr) string {
	if header != "" {
		return ", in the header " + header
	}
	return ", in " + found(elsewhere)
}

// over is what a signature is over.
func over(parts []signed.Part) string {
	if len(parts) == 0 {
		return "the body"
	}
	var all []string
	for _, p := range parts {
		switch {
		case p.Literal != "":
			all = append(all, fmt.Sprintf("%q", p.Literal))
		case p.Body:
			all = append(all, "the body")
		case p.Digest != nil:
			all = append(all, fmt.Sprintf("the body's %s in %s", strings.ToUpper(string(p.Digest.Hash)), p.Digest.Encoding))
		case p.URL != "":
			all = append(all, "the public address")
		case p.Params != nil:
			all = append(all, "all parameters in order")
		case p.Account != "":
			all = append(all, "the account's "+p.Account)
		case p.Secret:
			all = append(all, "the secret")
		case len(p.Sorted) > 0:
			all = append(all, "in the order of their bytes "+over(p.Sorted))
		default:
			all = append(all, found(p.Value))
		}
	}
	return strings.Join(all, " + ")
}

// found is where a value stands.
func found(e expr.Expr) string {
	several := func(all []expr.Expr, word string) string {
		var out []string
		for _, one := range all {
			out = append(out, found(one))
		}
		return strings.Join(out, word)
	}
	switch {
	case e.Claim != "":
		return "the claim " + e.Claim
	case e.Header != "":
		return "the header " + e.Header
	case e.Query != "":
		return "the query's " + e.Query
	case e.Form != "":
		return "the form's " + e.Form
	case e.After != "":
		return "what follows " + e.After
	case len(e.Join) > 0:
		return several(e.Join, " with ")
	case len(e.First) > 0:
		return several(e.First, " or ")
	default:
		return "the body's " + e.JSON + e.XML
	}
}
