package imap

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answerTimeout bounds one command with all that answers it.
const answerTimeout = time.Minute

// Refusal is a command that the server answered with NO or BAD, or its leave.
type Refusal struct {
	// Command is what was asked: LOGIN. Word is NO, BAD or BYE, Code what stands in brackets behind it, "" for nothing.
	Command, Word, Code string
}

func (r *Refusal) Error() string {
	if r.Code == "" {
		return r.Command + ": " + r.Word
	}
	return r.Command + ": " + r.Word + " [" + r.Code + "]"
}

// Client is one connection. It is used by one goroutine; Close may be called by any.
type Client struct {
	conn net.Conn
	r    *bufio.Reader
	last int // number of the last command
	caps []string

	exists uint32 // mails in the open mailbox, by what was told last
	news   bool   // exists has changed since After was asked
}

// New begins on a connection: it reads the greeting, which the context bounds. Whoever made the connection closes it where this
// fails.
func New(ctx context.Context, conn net.Conn) (*Client, error) {
	c := &Client{conn: conn, r: bufio.NewReader(conn)}
	err := c.within(ctx, func() error {
		got, err := c.read()
		switch {
		case err != nil:
			return err
		case got.tag != "*" || got.name != "OK" && got.name != "PREAUTH" && got.name != "BYE":
			return errGrammar
		case got.name == "BYE":
			return &Refusal{"greeting", got.name, word2code(got.code)}
		}
		c.learn(got)
		return nil
	})
	if err == nil && c.caps == nil {
		err = c.Capability(ctx)
	}
	return c, err
}

// Close ends the connection without a word.
func (c *Client) Close() { c.conn.Close() }

// Logout takes leave, in a second or not at all, and closes the connection.
func (c *Client) Logout() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.command(ctx, "LOGOUT", "LOGOUT", nil)
	c.Close()
}

// Can says whether the server has a capability, such as IDLE.
func (c *Client) Can(capability string) bool {
	return slices.ContainsFunc(c.caps, func(one string) bool { return strings.EqualFold(one, capability) })
}

// News says that a response, of whatever command, has told of mails since [Client.After] was asked last. A server tells each only once:
// one that was told beside the answer to a FETCH does not wake [Client.Idle] any more.
func (c *Client) News() bool { return c.news }

// learn keeps what a response tells beside what was asked: capabilities, and how many mails there are.
func (c *Client) learn(r response) {
	switch {
	case r.name == "EXISTS":
		c.news = c.news || r.number != c.exists
		c.exists = r.number
	case r.name == "EXPUNGE" && c.exists > 0:
		c.exists--
	case r.code == "CAPABILITY":
		c.caps = strings.Fields(r.detail)
	case r.name == "CAPABILITY":
		c.caps = nil
		for _, v := range r.values {
			c.caps = append(c.caps, v.string())
		}
	}
}

// Capability asks what the server can.
func (c *Client) Capability(ctx context.Context) error {
	return c.command(ctx, "CAPABILITY", "CAPABILITY", nil)
}

// Upgrade begins TLS by STARTTLS: secure makes the connection a secure one. What was told before is forgotten.
func (c *Client) Upgrade(ctx context.Context, secure func(net.Conn) (net.Conn, error)) error {
	if err := c.command(ctx, "STARTTLS", "STARTTLS", nil); err != nil {
		return err
	}
	if c.r.Buffered() > 0 {
		return errors.New("STARTTLS: the server speaks on in the clear")
	}
	conn, err := secure(c.conn)
	if err != nil {
		return err
	}
	c.conn, c.r, c.caps = conn, bufio.NewReader(conn), nil
	return c.Capability(ctx)
}

// within runs a command's reads and writes within the context, whose end closes the connection.
func (c *Client) within(ctx context.Context, run func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	conn := c.conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := c.conn.SetReadDeadline(time.Now().Add(answerTimeout)); err != nil {
		return err
	}
	err := run()
	if ctx.Err() != nil && err != nil {
		return ctx.Err()
	}
	return err
}

// read reads one response.
func (c *Client) read() (response, error) {
	r, err := readResponse(c.r)
	if err == nil {
		c.learn(r)
	}
	return r, err
}

// line writes one.
func (c *Client) line(text string) error {
	if strings.ContainsAny(text, "\r\n\x00") {
		return errors.New("a command is one line")
	}
	_, err := c.conn.Write([]byte(text + "\r\n"))
	return err
}

// next is the tag of a command.
func (c *Client) next() string {
	c.last++
	return "a" + strconv.Itoa(c.last)
}

// command asks one thing. Each response that is not the command's own goes to told, where that is not nil; name stands in errors.
func (c *Client) command(ctx context.Context, name, text string, told func(response) error) error {
	return c.within(ctx, func() error {
		tag := c.next()
		if err := c.line(tag + " " + text); err != nil {
			return err
		}
		return c.finish(name, tag, told)
	})
}

// finish reads on to the end of a command. That the server takes leave ends it as well, but for LOGOUT.
func (c *Client) finish(name, tag string, told func(response) error) error {
	for {
		r, err := c.read()
		switch {
		case err != nil:
			return err
		case r.tag == tag && r.name == "OK":
			return nil
		case r.tag == tag && (r.name == "NO" || r.name == "BAD"):
			return &Refusal{name, r.name, word2code(r.code)}
		case r.tag == "*" && r.name == "BYE" && name != "LOGOUT":
			return &Refusal{name, r.name, word2code(r.code)}
		case r.tag == "*" && told != nil:
			if err := told(r); err != nil {
				return err
			}
		case r.tag != "*":
			return errGrammar
		}
	}
}

// word2code is a response code as it may stand in an error: a word of the protocol's.
func word2code(code string) string {
	if len(code) > 30 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
		return ""
	}
	return code
}

// timedOut says that nothing came in time.
func timedOut(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }

// quote is a string of a command.
func quote(text string) (string, error) {
	for _, r := range text {
		if r < ' ' || r > '~' {
			return "", fmt.Errorf("a character that a quoted string does not take")
		}
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`, nil
}
