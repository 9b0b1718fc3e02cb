package publish

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/ghapi"
)

// maxPages bounds how far a list of comments is followed. GitHub allows 2,500
// comments under an issue, which is 25 pages.
const maxPages = 50

const commentsQuery = `query Comments($owner:String!,$name:String!,$number:Int!,$after:String){
  repository(owner:$owner,name:$name){pullRequest(number:$number){
    comments(first:100,after:$after){
      pageInfo{hasNextPage endCursor}
      nodes{id fullDatabaseId body isMinimized viewerDidAuthor url}
    }
  }}
}`

const hideMutation = `mutation Hide($id:ID!){
  minimizeComment(input:{subjectId:$id,classifier:OUTDATED}){minimizedComment{isMinimized}}
}`

// NewConversation returns the conversation of a pull request on GitHub, read
// and minimised through GraphQL at address, which only there tells who wrote a
// comment. Earlier, if not nil, are the comments as they were when the run
// began; they save a request.
func NewConversation(client *github.Client, address, owner, name string, number int, earlier []Posted) Conversation {
	return &conversation{client, address, owner, name, number, earlier}
}

type conversation struct {
	client               *github.Client
	address, owner, name string
	number               int
	earlier              []Posted
}

func (c *conversation) List(ctx context.Context, now bool) ([]Posted, error) {
	if !now && c.earlier != nil {
		return c.earlier, nil
	}
	var all []Posted
	vars := map[string]any{"owner": c.owner, "name": c.name, "number": c.number}
	for range maxPages {
		var page struct {
			Repository struct {
				PullRequest struct {
					Comments struct {
						PageInfo struct {
							HasNextPage bool
							EndCursor   string
						}
						Nodes []struct {
							ID                           string
							FullDatabaseID               int64 `json:",string"`
							Body, URL                    string
							IsMinimized, ViewerDidAuthor bool
						}
					}
				}
			}
		}
		if err := ghapi.GraphQL(ctx, c.client, c.address, commentsQuery, vars, &page); err != nil {
			return nil, fmt.Errorf("comments: %w", err)
		}
		list := page.Repository.PullRequest.Comments
		for _, n := range list.Nodes {
			all = append(all, Posted{ID: n.FullDatabaseID, Node: n.ID, Body: n.Body, URL: n.URL, Mine: n.ViewerDidAuthor, Minimised: n.IsMinimized})
		}
		if !list.PageInfo.HasNextPage {
			return all, nil
		}
		vars["after"] = list.PageInfo.EndCursor
	}
	return nil, evidence.Errorf(evidence.Truncated, "comments: more than %d pages", maxPages)
}

func (c *conversation) Hide(ctx context.Context, node string) error {
	return ghapi.GraphQL(ctx, c.client, c.address, hideMutation, map[string]any{"id": node}, &struct{}{})
}
