package imap

import (
	"context"
	"encoding/base64"
	"errors"
)

// Login logs in by a password: by AUTHENTICATE PLAIN where the server offers it, which takes any character, and else by LOGIN.
func (c *Client) Login(ctx context.Context, user, password string) error {
	if c.Can("AUTH=PLAIN") {
		return c.Authenticate(ctx, "PLAIN", "\x00"+user+"\x00"+password)
	}
	if c.Can("LOGINDISABLED") {
		return &Refusal{"LOGIN", "NO", "PRIVACYREQUIRED"}
	}
	name, err := quote(user)
	word, bad := quote(password)
	if err != nil || bad != nil {
		return errors.Join(err, bad)
	}
	return c.entering(ctx, func() error { return c.command(ctx, "LOGIN", "LOGIN "+name+" "+word, nil) })
}

// entering logs in. What a server can is another thing afterwards: it is asked where it does not say so by itself.
func (c *Client) entering(ctx context.Context, logIn func() error) error {
	old := c.caps
	c.caps = nil
	if err := logIn(); err != nil {
		c.caps = old
		return err
	}
	if c.caps == nil {
		return c.Capability(ctx)
	}
	return nil
}

// Authenticate logs in by a mechanism whose client speaks first and once. A server that asks on is answered nothing, so that it says
// why it refuses.
func (c *Client) Authenticate(ctx context.Context, mechanism, initial string) error {
	said := c.Can("SASL-IR")
	return c.entering(ctx, func() error { return c.authenticate(ctx, mechanism, initial, said) })
}

func (c *Client) authenticate(ctx context.Context, mechanism, initial string, said bool) error {
	encoded := base64.StdEncoding.EncodeToString([]byte(initial))
	return c.within(ctx, func() error {
		tag := c.next()
		text := tag + " AUTHENTICATE " + mechanism
		if said {
			text += " " + encoded
		}
		if err := c.line(text); err != nil {
			return err
		}
		for range 10 {
			r, err := c.read()
			switch {
			case err != nil:
				return err
			case r.tag == "+" && !said:
				said, err = true, c.line(encoded)
			case r.tag == "+":
				err = c.line("")
			case r.tag == tag && r.name == "OK":
				return nil
			case r.tag == tag, r.name == "BYE":
				return &Refusal{"AUTHENTICATE", r.name, word2code(r.code)}
			case r.tag != "*":
				return errGrammar
			}
			if err != nil {
				return err
			}
		}
		return errGrammar
	})
}
