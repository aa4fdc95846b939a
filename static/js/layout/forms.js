// Forms everywhere: selects that act by themselves, and the token of a session that was begun anew.

// Without JavaScript a button stands beside such a select.
document.addEventListener("change", (event) => {
  event.target.closest("form[data-submit-on-change]")?.requestSubmit();
});

// Somebody signed in again in another tab: what stands on this page can be sent all the same.
document.addEventListener("csrf", ({ detail }) => {
  for (const field of document.querySelectorAll('input[name="_csrf"]')) field.value = detail.token;
  const headers = { "X-CSRF-Token": detail.token, "X-Page-Of": document.body.dataset.pageOf };
  document.body.setAttribute("hx-headers:inherited", JSON.stringify(headers));
});
