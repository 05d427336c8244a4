package dev.headway.examples;

import dev.headway.Headway;
import dev.headway.Results;
import dev.headway.examples.Web.Page;
import dev.headway.examples.Web.Url;
import java.util.List;

/** The shortest program: pages are fetched within a rate and saved as they come. */
public final class QuickStart {

  private QuickStart() {}

  /** Runs it. */
  public static void main(String[] args) {
    new QuickStart().fetchAll(Web.urls(20));
  }

  private void fetchAll(List<Url> urls) {
    Headway run = Headway.with("100/m").concurrency(8);
    try (Results<Url, Page> pages = run.map(urls, this::fetch)) {
      for (Page page : pages) {
        save(page);
      }
    }
  }

  private Page fetch(Url url) {
    return Web.fetch(url);
  }

  private void save(Page page) {
    System.out.println("saved " + page.url().path());
  }
}
