package dev.headway.tests.cost;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.Method;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.LaunchingConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.MethodEntryEvent;
import com.sun.jdi.event.VMDeathEvent;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import com.sun.jdi.request.EventRequestManager;
import com.sun.jdi.request.MethodEntryRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** How much an acquire does, counted by a debugger in a JVM of its own. */
class CallsTest {

  @Test
  void anUncontendedAcquireRunsCodeOfAtMostTenClasses() throws Exception {
    TreeSet<String> classes = new TreeSet<>();
    for (Method method : callsOf("uncontended")) {
      classes.add(method.declaringType().name().replaceFirst("\\$.*", ""));
    }
    classes.remove(CountedProgram.class.getName());
    assertThat(classes).hasSizeBetween(3, 10);
  }

  @Test
  void anAcquireThatWaitsReadsTheClockFiveTimesAndLocksFourTimesAtMost() throws Exception {
    List<String> calls = new ArrayList<>();
    for (Method method : callsOf("waiting")) {
      calls.add(method.declaringType().name() + "." + method.name());
    }
    assertThat(calls.stream().filter(call -> call.endsWith("CountedProgram.readClock")).count())
        .as("clock reads in %s", calls)
        .isBetween(1L, 5L);
    assertThat(calls.stream().filter(call -> call.endsWith("SpinLock.lock")).count())
        .as("locks in %s", calls)
        .isBetween(1L, 4L);
  }

  @Test
  void aKeyThatWaitsDoesNotPushOtherKeysOntoTheSlowPath() throws Exception {
    assertThat(callsOf("other key"))
        .extracting(Method::name)
        .contains("tryStart", "isClear")
        .doesNotContain("enter", "tryEnter", "nextToStart", "serve");
  }

  /** Our methods that are entered between the program's marks, in any thread. */
  private static List<Method> callsOf(String scenario) throws Exception {
    VirtualMachine machine = launch(CountedProgram.class.getName() + " \"" + scenario + "\"");
    EventRequestManager requests = machine.eventRequestManager();
    ClassPrepareRequest loaded = requests.createClassPrepareRequest();
    loaded.addClassFilter(CountedProgram.class.getName());
    loaded.enable();
    MethodEntryRequest entries = requests.createMethodEntryRequest();
    entries.addClassFilter("dev.headway.*");
    entries.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
    List<Method> calls = new ArrayList<>();
    boolean runs = true;
    while (runs) {
      EventSet events = machine.eventQueue().remove();
      for (Event event : events) {
        switch (event) {
          case ClassPrepareEvent prepared ->
              requests
                  .createBreakpointRequest(
                      prepared.referenceType().methodsByName("begin").getFirst().location())
                  .enable();
          // Only from here on, since entries make the whole program slow.
          case BreakpointEvent begin -> entries.enable();
          case MethodEntryEvent entry when isEnd(entry.method()) -> entries.disable();
          case MethodEntryEvent entry -> calls.add(entry.method());
          case VMDeathEvent death -> runs = false;
          case VMDisconnectEvent disconnect -> runs = false;
          default -> {}
        }
      }
      resume(events);
    }
    assertThat(calls).as("calls of %s", scenario).isNotEmpty();
    return calls;
  }

  private static boolean isEnd(Method method) {
    return method.name().equals("end")
        && method.declaringType().name().equals(CountedProgram.class.getName());
  }

  private static void resume(EventSet events) {
    try {
      events.resume();
    } catch (VMDisconnectedException e) {
      // The program has ended.
    }
  }

  private static VirtualMachine launch(String main) throws Exception {
    LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    arguments.get("main").setValue(main);
    arguments
        .get("options")
        .setValue(
            "-cp \"" + System.getProperty("java.class.path") + "\" -Djdk.trackAllThreads=true");
    return connector.launch(arguments);
  }
}
